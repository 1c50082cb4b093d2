// Package githubsim is a simulated GitHub behind one http.Handler: the REST
// API below the root, git over HTTP, and the endpoint of Actions that gives
// out OIDC tokens. It keeps state, so that what one call makes the next one
// reads.
//
// It is strict where GitHub is strict: permissions of tokens, sizes of bodies,
// pages, rate limits, and the rules of deployments. Where GitHub's description
// of its API is silent, the answers are those that people report.
//
// The package imports nothing of this module and no GitHub library: it must
// not share the beliefs of the code that is tested against it.
package githubsim
