// Package awssim is a simulated AWS: Lake Formation, Glue, RAM, STS, IAM and
// Organizations for many accounts and regions behind one http.Handler that
// speaks the real wire protocols, plus an oracle that answers who can read
// which cell of which table.
//
// It is strict where AWS is strict, and it has AWS's quirks. Numbers in
// brackets, [2.39], are facts of the reference on Lake Formation; R-numbers are
// its rules for a simulator. Each rule can be switched off with [Options.Off],
// so that a test of the rule can be seen to fail without it. Where the sources
// disagree or are silent, [Switches] turns the answer over.
//
// The package imports nothing of this module and no AWS SDK: it must not share
// the beliefs of the code that is tested against it.
package awssim
