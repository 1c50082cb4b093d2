// Package github says what lakeshare has to say to GitHub and reads what GitHub
// knows: comments and issues, the record of what was carried out, annotations,
// outputs, summaries and identity tokens of a workflow run.
package github
