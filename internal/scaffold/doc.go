// Package scaffold writes the files that a repository needs to run lakeshare on
// GitHub: workflows, CODEOWNERS, editor settings, and the IAM roles of each
// account. It works on values only: it reads and writes no file.
package scaffold
