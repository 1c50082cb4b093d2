// Package lakeshare holds the sample: a configuration, its shares and a simulated
// world to try them in. The demo runs on it.
package lakeshare

import "embed"

// Sample is lakeshare.yaml, world.yaml and shares/ of this repository.
//
//go:embed lakeshare.yaml world.yaml shares
var Sample embed.FS
