package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// Limits of the manifest. The older system's largest is far smaller.
const (
	maxSize    = 10 << 20 // bytes
	maxRecords = 10_000
	maxDepth   = 16 // the form needs four levels
)

// kind is the type of a JSON value, as messages call it.
type kind string

const (
	isObject  kind = "an object"
	isList    kind = "a list"
	isString  kind = "a string"
	isNumber  kind = "a number"
	isBoolean kind = "true or false"
	isNull    kind = "null"
)

// value is a JSON value with its place. Members keep their order, and one that
// is written twice stands there twice: encoding/json alone would drop the first.
type value struct {
	kind    kind
	pos     diag.Pos
	text    string // isString
	yes     bool   // isBoolean
	items   []value
	members []member
}

type member struct {
	key   string
	pos   diag.Pos
	value value
}

// reader reads JSON token by token, so that every value has a place.
type reader struct {
	file string
	data []byte
	json *json.Decoder
	line int // of offset seen, from 1
	col  int // of offset seen, in characters from 1
	seen int
}

var errTooDeep = errors.New("nested too deep")

// read returns the one value that the data holds. The second result is the place
// of the error.
func read(file string, data []byte) (value, diag.Pos, error) {
	r := &reader{file: file, data: bytes.TrimPrefix(data, []byte("\ufeff")), line: 1, col: 1}
	if len(r.data) > maxSize {
		return value{}, diag.Pos{File: file}, fmt.Errorf("the file has %d bytes: expected at most %d", len(r.data), maxSize)
	}
	for i := 0; i < len(r.data); {
		c, size := utf8.DecodeRune(r.data[i:])
		if c == utf8.RuneError && size == 1 {
			return value{}, r.pos(i), fmt.Errorf("byte 0x%02x is not UTF-8", r.data[i])
		}
		i += size
	}
	r.json = json.NewDecoder(bytes.NewReader(r.data))
	r.json.UseNumber()
	v, err := r.value(0)
	if err != nil {
		return value{}, r.pos(r.start()), sentence(err)
	}
	end := r.start()
	if _, err := r.json.Token(); !errors.Is(err, io.EOF) {
		return value{}, r.pos(end), errors.New("something follows the end of the manifest: expected one object")
	}
	return v, diag.Pos{}, nil
}

func sentence(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("this is not JSON: the file ends too early")
	}
	if errors.Is(err, errTooDeep) {
		return fmt.Errorf("%w: expected at most %d levels", errTooDeep, maxDepth)
	}
	return fmt.Errorf("this is not JSON: %w", err)
}

// start is the offset of the next token.
func (r *reader) start() int {
	i := int(r.json.InputOffset())
	for i < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[i]) >= 0 {
		i++
	}
	return i
}

// pos returns the place of an offset. Offsets only grow, so every byte is counted
// once: the whole manifest may be one line.
func (r *reader) pos(offset int) diag.Pos {
	for ; r.seen < offset; r.seen++ {
		switch b := r.data[r.seen]; {
		case b == '\n':
			r.line, r.col = r.line+1, 1
		case utf8.RuneStart(b):
			r.col++
		}
	}
	return diag.Pos{File: r.file, Line: r.line, Col: r.col}
}

func (r *reader) value(depth int) (value, error) {
	v := value{pos: r.pos(r.start())}
	t, err := r.json.Token()
	if err != nil {
		return v, err
	}
	switch t := t.(type) {
	case json.Delim:
		if depth == maxDepth {
			return v, errTooDeep
		}
		if t == '[' {
			return r.list(v, depth)
		}
		return r.object(v, depth)
	case string:
		v.kind, v.text = isString, t
	case json.Number:
		v.kind = isNumber
	case bool:
		v.kind, v.yes = isBoolean, t
	default:
		v.kind = isNull
	}
	return v, nil
}

func (r *reader) list(v value, depth int) (value, error) {
	v.kind = isList
	for r.json.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
	}
	_, err := r.json.Token()
	return v, err
}

func (r *reader) object(v value, depth int) (value, error) {
	v.kind = isObject
	for r.json.More() {
		m := member{pos: r.pos(r.start())}
		key, err := r.json.Token()
		if err != nil {
			return v, err
		}
		m.key, _ = key.(string) // the decoder lets nothing else pass as a key
		if m.value, err = r.value(depth + 1); err != nil {
			return v, err
		}
		v.members = append(v.members, m)
	}
	_, err := r.json.Token()
	return v, err
}
