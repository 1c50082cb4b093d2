package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
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
	href  string // naming: where it leads to in Markdown; "" for nowhere
}

// phrase is a line of a document before it is escaped.
type phrase []piece

func words(text string) phrase { return phrase{{voice: ours, text: text}} }

func wordsf(format string, args ...any) phrase { return words(fmt.Sprintf(format, args...)) }

func name(s string) phrase { return phrase{{voice: naming, text: s}} }

// linked is a name that leads somewhere.
func linked(s, href string) phrase { return phrase{{voice: naming, text: s, href: href}} }

func quote(s string) phrase { return phrase{{voice: quoting, text: s}} }

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
			out = append(out, piece{voice: ours, text: sep})
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

// style is how phrases become Markdown.
type style struct {
	name func(string) string // code, cell or element
	most int                 // see [phrase.short]; 0 for no limit
}

func (p phrase) markdown(st style) string {
	var b strings.Builder
	for _, x := range p.short(st.most) {
		switch x.voice {
		case ours:
			b.WriteString(x.text)
		case naming:
			b.WriteString(anchor(st.name(x.text), x.href))
		case quoting:
			b.WriteString(prose(x.text))
		}
	}
	return b.String()
}

// short is the phrase with at most so many characters of a name or a quotation,
// and four times as many in all. What is left out is counted where it was, so
// that nobody takes a part for the whole.
func (p phrase) short(most int) phrase {
	if most <= 0 {
		return p
	}
	var out phrase
	room, left := 4*most, 0
	for _, x := range p {
		keep := min(room, most)
		if x.voice == ours {
			keep = room
		}
		if left > 0 {
			keep = 0 // nothing behind a phrase that has ended
		}
		var rest int
		if x.text, rest = cutText(x, keep); x.text != "" {
			out = append(out, x)
		}
		room -= utf8.RuneCountInString(x.text)
		switch {
		case rest > 0 && room > 0 && left == 0:
			out = append(out, words("… ("+characters(rest)+")")...)
		case rest > 0:
			left += rest
		}
	}
	if left > 0 {
		out = append(out, words("… ("+characters(left)+")")...)
	}
	return out
}

// cutText is the text of a piece with at most keep characters that are seen, and
// how many are left out. What is left out is not cleaned: it may be very long.
func cutText(x piece, keep int) (string, int) {
	head, rest := cutRunes(x.text, keep)
	if x.voice == ours {
		return head, utf8.RuneCountInString(rest)
	}
	head, end := cutRunes(clean(head), keep)
	return head, utf8.RuneCountInString(end) + utf8.RuneCountInString(rest)
}

func cutRunes(s string, keep int) (head, rest string) {
	for i := range s {
		if keep--; keep < 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func characters(n int) string { return noun{"more character", "more characters"}.count(n) }
