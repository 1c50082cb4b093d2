# Written by: lakeshare init --repository acme/lake --repository-id 42 --owner-id 7 --immutable-subject --branch trunk
# The IAM side of account analytics (444455556666): GitHub's OpenID Connect provider and
# lakeshare's roles.
#
# Then make the roles Lake Formation administrators. Do not use
# aws_lakeformation_data_lake_settings for it unless it holds all of them: it
# replaces those who are. These commands keep everybody, in each region:
#
#   aws lakeformation get-data-lake-settings --region eu-west-1 --query DataLakeSettings > before.json
#   jq --indent 4 '.DataLakeAdmins += [{DataLakePrincipalIdentifier: "arn:aws:iam::444455556666:role/data/lakeshare"}]
#     | .DataLakeAdmins |= unique | .ReadOnlyAdmins |= unique' before.json > after.json
#   diff before.json after.json   # what will change
#   aws lakeformation put-data-lake-settings --region eu-west-1 --data-lake-settings file://after.json
#

variable "analytics_create_provider" {
  description = "An account has one provider for GitHub. Say false where it is there already."
  type        = bool
  default     = true
}

variable "analytics_profile" {
  description = "The AWS profile that reaches account 444455556666."
  type        = string
  default     = null
}

provider "aws" {
  alias               = "analytics"
  region              = "eu-west-1"
  profile             = var.analytics_profile
  allowed_account_ids = ["444455556666"]
}

resource "aws_iam_openid_connect_provider" "analytics_github" {
  provider       = aws.analytics
  count          = var.analytics_create_provider ? 1 : 0
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "analytics_apply" {
  provider             = aws.analytics
  name                 = "lakeshare"
  path                 = "/data/"
  description          = "lakeshare, for GitHub jobs in lakeshare-plan, lakeshare-apply, lakeshare-schedule"
  max_session_duration = 3600
  depends_on           = [aws_iam_openid_connect_provider.analytics_github]
  assume_role_policy   = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "GitHub",
          "Effect": "Allow",
          "Principal": {
            "Federated": "arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com"
          },
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:repository_id": "42",
              "token.actions.githubusercontent.com:sub": [
                "repo:acme@7/lake@42:environment:lakeshare-plan",
                "repo:acme@7/lake@42:environment:lakeshare-apply",
                "repo:acme@7/lake@42:environment:lakeshare-schedule"
              ]
            }
          }
        }
      ]
    }
  JSON
}

resource "aws_iam_role_policy" "analytics_apply" {
  provider = aws.analytics
  name     = "lakeshare"
  role     = aws_iam_role.analytics_apply.name
  policy   = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "ReadCatalogAndShares",
          "Effect": "Allow",
          "Action": [
            "glue:GetDatabase",
            "glue:GetDatabases",
            "glue:GetTable",
            "glue:GetTables",
            "lakeformation:GetDataCellsFilter",
            "lakeformation:GetDataLakeSettings",
            "lakeformation:ListDataCellsFilter",
            "lakeformation:ListPermissions",
            "lakeformation:ListResources",
            "organizations:DescribeOrganization",
            "ram:GetResourceShareAssociations",
            "ram:GetResourceShareInvitations",
            "ram:GetResourceShares"
          ],
          "Resource": "*"
        },
        {
          "Sid": "LookUpPrincipals",
          "Effect": "Allow",
          "Action": [
            "iam:GetRole",
            "iam:GetUser"
          ],
          "Resource": [
            "arn:aws:iam::444455556666:role/*",
            "arn:aws:iam::444455556666:user/*"
          ]
        },
        {
          "Sid": "ListPrincipals",
          "Effect": "Allow",
          "Action": "iam:ListRoles",
          "Resource": "*"
        },
        {
          "Sid": "Grant",
          "Effect": "Allow",
          "Action": [
            "lakeformation:BatchGrantPermissions",
            "lakeformation:BatchRevokePermissions",
            "lakeformation:GrantPermissions",
            "lakeformation:RevokePermissions",
            "lakeformation:CreateDataCellsFilter",
            "lakeformation:DeleteDataCellsFilter",
            "lakeformation:UpdateDataCellsFilter"
          ],
          "Resource": "*"
        },
        {
          "Sid": "AcceptShares",
          "Effect": "Allow",
          "Action": "ram:AcceptResourceShareInvitation",
          "Resource": "arn:aws:ram:*:*:resource-share-invitation/*"
        },
        {
          "Sid": "RenewShares",
          "Effect": "Allow",
          "Action": [
            "ram:AssociateResourceShare",
            "ram:DisassociateResourceShare"
          ],
          "Resource": "arn:aws:ram:*:444455556666:resource-share/*",
          "Condition": {
            "StringLike": {
              "ram:ResourceShareName": "LakeFormation*"
            }
          }
        },
        {
          "Sid": "RegisterStorage",
          "Effect": "Allow",
          "Action": "lakeformation:RegisterResource",
          "Resource": "*"
        },
        {
          "Sid": "MakeServiceLinkedRole",
          "Effect": "Allow",
          "Action": "iam:CreateServiceLinkedRole",
          "Resource": "arn:aws:iam::444455556666:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess",
          "Condition": {
            "StringEquals": {
              "iam:AWSServiceName": "lakeformation.amazonaws.com"
            }
          }
        },
        {
          "Sid": "ExtendServiceLinkedRole",
          "Effect": "Allow",
          "Action": "iam:PutRolePolicy",
          "Resource": "arn:aws:iam::444455556666:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
        }
      ]
    }
  JSON
}

# What Lake Formation does in RAM and Glue for who grants to other accounts.
resource "aws_iam_role_policy_attachment" "analytics_apply" {
  provider   = aws.analytics
  role       = aws_iam_role.analytics_apply.name
  policy_arn = "arn:aws:iam::aws:policy/AWSLakeFormationCrossAccountManager"
}
