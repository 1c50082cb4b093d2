// Package depcheck holds the test of who may import whom.
package depcheck
