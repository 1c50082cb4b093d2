// Package schema holds the JSON Schemas of lakeshare.yaml and of a share. Editors
// read the files next to this one; the tool reads the same bytes from its binary.
package schema

import _ "embed" // for the two schemas

//go:embed lakeshare.schema.json
var config string

//go:embed share.schema.json
var share string

// Config returns the JSON Schema of lakeshare.yaml.
func Config() []byte { return []byte(config) }

// Share returns the JSON Schema of a file below shares/.
func Share() []byte { return []byte(share) }
