package report

import (
	"fmt"
	"strings"
)

// voice says who wrote a piece of a phrase, and so how it is escaped.
type voice uint8

const (
	ours    voice = iota // words of this package
	naming               // a name from a file or from AWS: code in Markdown
	quoting              // a sentence from elsewhere
)

type piece struct {
	voice voice
	text  string
}

// phrase is a line of a document before it is escaped.
type phrase []piece

func words(text string) phrase { return phrase{{ours, text}} }

func wordsf(format string, args ...any) phrase { return words(fmt.Sprintf(format, args...)) }

func name(s string) phrase { return phrase{{naming, s}} }

func quote(s string) phrase { return phrase{{quoting, s}} }

func cat(parts ...phrase) phrase {
	var out phrase
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// join puts sep between the parts that are not empty.
func join(sep string, parts ...phrase) phrase {
	var out phrase
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, piece{ours, sep})
		}
		out = append(out, p...)
	}
	return out
}

// list writes names one after the other; from the limit on, only the first few
// and how many there are.
func list(parts []phrase, limit, count int, noun noun) phrase {
	if limit <= 0 || len(parts) <= limit {
		return join(", ", parts...)
	}
	return cat(join(", ", parts[:limit-1]...), wordsf(", … (%s)", noun.count(count)))
}

func namesOf(s []string) []phrase {
	out := make([]phrase, len(s))
	for i, n := range s {
		out[i] = name(n)
	}
	return out
}

func (p phrase) text() string {
	var b strings.Builder
	for _, x := range p {
		if x.voice == ours {
			b.WriteString(x.text)
			continue
		}
		b.WriteString(clean(x.text))
	}
	return b.String()
}

func (p phrase) markdown(name func(string) string) string {
	var b strings.Builder
	for _, x := range p {
		switch x.voice {
		case ours:
			b.WriteString(x.text)
		case naming:
			b.WriteString(name(x.text))
		case quoting:
			b.WriteString(prose(x.text))
		}
	}
	return b.String()
}
