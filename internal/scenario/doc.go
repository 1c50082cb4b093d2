// Package scenario holds tests of the whole job: files are compiled, planned and
// applied over the real SDK in a simulated AWS, and its oracle says who can read what.
package scenario
