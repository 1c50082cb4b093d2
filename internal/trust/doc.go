// Package trust explains whether an IAM role's trust policy lets a web identity
// token in, and if not, which condition keeps it out.
//
// It evaluates documents and claims and asks nobody: AWS only ever answers "not
// authorized", so what is told here is worked out from the two sides.
package trust
