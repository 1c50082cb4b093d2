# Written by: lakeshare init --repository acme/lake
# The IAM side of account sales (111122223333): GitHub's OpenID Connect provider and
# lakeshare's roles.
#
# Then make the roles Lake Formation administrators. Do not use
# aws_lakeformation_data_lake_settings for it unless it holds all of them: it
# replaces those who are. These commands keep everybody, in each region:
#
#   aws lakeformation get-data-lake-settings --region eu-west-1 --query DataLakeSettings > before.json
#   jq --indent 4 '.DataLakeAdmins += [{DataLakePrincipalIdentifier: "arn:aws:iam::111122223333:role/lakeshare-apply"}]
#     | .ReadOnlyAdmins += [{DataLakePrincipalIdentifier: "arn:aws:iam::111122223333:role/lakeshare-plan"}]
#     | .DataLakeAdmins |= unique | .ReadOnlyAdmins |= unique' before.json > after.json
#   diff before.json after.json   # what will change
#   aws lakeformation put-data-lake-settings --region eu-west-1 --data-lake-settings file://after.json
#

variable "sales_create_provider" {
  description = "An account has one provider for GitHub. Say false where it is there already."
  type        = bool
  default     = true
}

variable "sales_profile" {
  description = "The AWS profile that reaches account 111122223333."
  type        = string
  default     = null
}

provider "aws" {
  alias               = "sales"
  region              = "eu-west-1"
  profile             = var.sales_profile
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_openid_connect_provider" "sales_github" {
  provider       = aws.sales
  count          = var.sales_create_provider ? 1 : 0
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "sales_plan" {
  provider             = aws.sales
  name                 = "lakeshare-plan"
  path                 = "/"
  description          = "lakeshare, for GitHub jobs in lakeshare-plan"
  max_session_duration = 3600
  depends_on           = [aws_iam_openid_connect_provider.sales_github]
  assume_role_policy   = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "GitHub",
          "Effect": "Allow",
          "Principal": {
            "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
          },
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": "repo:acme/lake:environment:lakeshare-plan"
            }
          }
        }
      ]
    }
  JSON
}

resource "aws_iam_role_policy" "sales_plan" {
  provider = aws.sales
  name     = "lakeshare"
  role     = aws_iam_role.sales_plan.name
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
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:user/*"
          ]
        },
        {
          "Sid": "ListPrincipals",
          "Effect": "Allow",
          "Action": "iam:ListRoles",
          "Resource": "*"
        }
      ]
    }
  JSON
}

resource "aws_iam_role" "sales_apply" {
  provider             = aws.sales
  name                 = "lakeshare-apply"
  path                 = "/"
  description          = "lakeshare, for GitHub jobs in lakeshare-apply, lakeshare-schedule"
  max_session_duration = 3600
  depends_on           = [aws_iam_openid_connect_provider.sales_github]
  assume_role_policy   = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "GitHub",
          "Effect": "Allow",
          "Principal": {
            "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
          },
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": [
                "repo:acme/lake:environment:lakeshare-apply",
                "repo:acme/lake:environment:lakeshare-schedule"
              ]
            }
          }
        }
      ]
    }
  JSON
}

resource "aws_iam_role_policy" "sales_apply" {
  provider = aws.sales
  name     = "lakeshare"
  role     = aws_iam_role.sales_apply.name
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
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:user/*"
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
          "Sid": "ChangeDatabases",
          "Effect": "Allow",
          "Action": "glue:UpdateDatabase",
          "Resource": [
            "arn:aws:glue:*:111122223333:catalog",
            "arn:aws:glue:*:111122223333:database/sales"
          ]
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
          "Resource": "arn:aws:ram:*:111122223333:resource-share/*",
          "Condition": {
            "StringLike": {
              "ram:ResourceShareName": "LakeFormation*"
            }
          }
        }
      ]
    }
  JSON
}

# What Lake Formation does in RAM and Glue for who grants to other accounts.
resource "aws_iam_role_policy_attachment" "sales_apply" {
  provider   = aws.sales
  role       = aws_iam_role.sales_apply.name
  policy_arn = "arn:aws:iam::aws:policy/AWSLakeFormationCrossAccountManager"
}
