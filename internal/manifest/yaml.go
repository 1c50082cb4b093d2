package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// parser carries what reading one file finds.
type parser struct {
	file     string
	findings diag.List
	// meant holds the keys that an unknown key of a mapping was probably meant to
	// be, by the place of the mapping. They are not reported as missing as well.
	meant map[diag.Pos]map[string]bool
}

func newParser(file string) *parser {
	return &parser{file: file, meant: map[diag.Pos]map[string]bool{}}
}

// anyKey stands in parser.meant for every key.
const anyKey = "*"

func (p *parser) mean(mapping diag.Pos, key string) {
	if p.meant[mapping] == nil {
		p.meant[mapping] = map[string]bool{}
	}
	p.meant[mapping][key] = true
}

// excused reports whether a missing key of a mapping is only a consequence of another finding.
func (p *parser) excused(mapping diag.Pos, key string) bool {
	return p.meant[mapping][key] || p.meant[mapping][anyKey]
}

// read turns the bytes of one file into a value. It returns false if there is
// nothing that could be checked further; a finding says why.
func (p *parser) read(data []byte) (value, bool) {
	if len(data) > MaxFileSize {
		p.findings.Add(ruleTooLarge, diag.Pos{File: p.file}, "split the file", "the file has more than %d bytes, the most that a share may have", MaxFileSize)
		return value{}, false
	}
	if !p.readable(data) {
		return value{}, false
	}
	doc, more, err := decode(data)
	if err != nil {
		p.syntax(err, data)
		return value{}, false
	}
	if doc == nil || len(doc.Content) == 0 || isBlank(doc.Content[0]) {
		p.findings.Add(ruleEmptyFile, diag.Pos{File: p.file}, "delete the file, or begin with version: 1", "the file is empty: expected a mapping")
		return value{}, false
	}
	if more != nil {
		p.findings.Add(ruleSeveralDocuments, p.pos(more), "remove --- and what follows it, or put that into a file of its own",
			"a second document begins here: expected one in each file")
	}
	return p.convert(doc.Content[0], 1), true
}

// decode parses the first document and looks whether there is another one.
func decode(data []byte) (doc, more *yaml.Node, err error) {
	// yaml.v3 has panicked on malformed input before, with an index out of range
	// in its scanner. The bytes come from pull requests of strangers, and one file
	// must not keep the others from being checked.
	defer func() {
		if r := recover(); r != nil {
			doc, more, err = nil, nil, fmt.Errorf("yaml: the parser gave up: %v", r)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := d.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	}
	switch err := d.Decode(&second); {
	case errors.Is(err, io.EOF):
		return &first, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return &first, &second, nil
}

func isBlank(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0
}

// readable reports the first byte that is not UTF-8, or the first character that
// a reviewer cannot see.
func (p *parser) readable(data []byte) bool {
	body := bytes.TrimPrefix(data, []byte("\ufeff"))
	line, col := 1, 1
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		pos := diag.Pos{File: p.file, Line: line, Col: col}
		switch {
		case r == utf8.RuneError && size == 1:
			p.findings.Add(ruleInvalidUTF8, pos, "save the file as UTF-8", "byte 0x%02x is not UTF-8", body[i])
			return false
		case hidden(r):
			p.findings.Add(ruleControlCharacter, pos, "remove it", "character %U cannot be seen: expected text", r)
			return false
		case r == '\n':
			line, col = line+1, 0
		}
		i += size
		col++
	}
	return true
}

// hidden reports control characters other than tab and line ends, and those that
// change the direction of text or take no room.
func hidden(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r < 0x20, 0x7f <= r && r < 0xa0:
		return true
	case r == 0x200c, r == 0x200d:
		return false // scripts and emoji need the joiners
	case 0x200b <= r && r <= 0x200f, 0x2028 <= r && r <= 0x202e, 0x2060 <= r && r <= 0x2069, r == 0xfeff, r == 0xfffe, r == 0xffff:
		return true
	}
	return 0xe0000 <= r && r <= 0xe007f
}

// hiddenIn returns the first hidden character of a text that was written as an escape.
func hiddenIn(s string) (rune, bool) {
	if i := strings.IndexFunc(s, hidden); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return r, true
	}
	return 0, false
}
