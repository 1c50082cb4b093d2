// Package manifest turns the bytes of lakeshare.yaml and shares/ into shares
// with positions, and those into wanted facts. It is the only user of yaml.v3
// and of the JSON Schemas, the simulator's world file aside.
package manifest
