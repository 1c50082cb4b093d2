package manifest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// typeHint says how to write what YAML read as something else.
func (b problem) typeHint(types []string) string {
	label := b.name() + ": "
	if strings.HasPrefix(label, "an entry") || b.isKey {
		label = ""
	}
	is := func(t string) bool { return slices.Contains(types, t) }
	scalarValue := b.at.kind == boolean || b.at.kind == yesNo || b.at.kind == integer || b.at.kind == decimal
	texts := b.at.list()
	bare := strings.ToLower(b.at.text)
	switch {
	case len(b.path) == 0:
		return "begin the file with version: 1"
	case b.def == "recipient" && b.at.kind == text:
		return "write {account: " + scalar(clip(b.at.text)) + "}"
	case b.def == "table" && len(texts) > 0 && len(texts) < 5:
		return "write " + label + "{columns: " + flowTexts(texts) + "}"
	case is("boolean") && (bare == "true" || bare == "yes" || bare == "on"):
		return "write " + label + "true"
	case is("boolean") && (bare == "false" || bare == "no" || bare == "off"):
		return "write " + label + "false"
	case is("integer") && isDigits(b.at.text):
		return "write " + label + b.at.text + " without quotes"
	case is("array") && b.at.kind == text && b.schema["items"] != nil:
		return "write " + label + "[" + scalar(clip(b.at.text)) + "]"
	case is("array") && b.at.kind == mapping:
		return "begin each entry with - , or put the entry into [ ]"
	case is("string") && !is("object") && !is("array") && scalarValue:
		return "write " + label + strconv.Quote(clip(b.at.text))
	case is("string") && !is("array") && b.at.kind == list && len(b.at.items) == 1 && b.at.items[0].kind == text && !is("object"):
		return "write " + label + scalar(clip(b.at.items[0].text))
	case is("object") && b.schema["additionalProperties"] != false && len(texts) > 0:
		var parts []string
		for _, t := range texts[:min(3, len(texts))] {
			parts = append(parts, scalar(clip(t.Value))+": {}")
		}
		return "write " + label + "{" + strings.Join(parts, ", ") + "}"
	}
	return "write " + b.assignment()
}

func flowTexts(ts []Text) string {
	var parts []string
	for _, t := range ts {
		parts = append(parts, scalar(clip(t.Value)))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// accountHint says how to write an account id that YAML reads as a number.
func accountHint(key, written string) string {
	digits := strings.ReplaceAll(written, "_", "")
	switch {
	case !isDigits(digits) || len(digits) > 12:
		return "write the 12 digits in quotes"
	case len(digits) < 12:
		return "write the 12 digits in quotes; if leading zeros got lost, write " + key + `: "` + strings.Repeat("0", 12-len(digits)) + digits + `"`
	}
	return "write " + key + `: "` + digits + `"`
}

// hint says what to write instead of a text of the wrong form: what was meant,
// if that can be told, else an example.
func (b problem) hint() string {
	s := b.at.text
	switch {
	case b.def == "principal" && (strings.HasSuffix(s, ":root") || strings.HasSuffix(s, ":IAMPrincipals") || isDigits(s)):
		return "leave principals out to share with the account as a whole: its admins grant on"
	case b.def == "principal" && strings.Contains(s, ":group/"):
		return "name roles or users: nothing can be granted to IAM groups"
	case b.def == "principal" && strings.Contains(s, "*"):
		return "name each role or user: * does not work here"
	case b.def == "catalogName" && strings.Contains(s, "*"):
		return `name each table; tables: "*" shares all of them`
	}
	if meant := b.meant(s); meant != "" {
		return "write " + meant
	}
	if b.isKey || b.example() == nil {
		return ""
	}
	return "for example " + b.assignment()
}

// meant guesses the value that was meant.
func (b problem) meant(s string) string {
	if len(s) > 2048 {
		return ""
	}
	switch b.def {
	case "accountId", "accountRef":
		if digits := strings.NewReplacer("-", "", " ", "", ":root", "").Replace(strings.TrimPrefix(s, "arn:aws:iam::")); isDigits(digits) && len(digits) == 12 {
			return strconv.Quote(digits)
		}
		return reshaped(s, b.schema)
	case "alias", "region", "organizationId", "ouId":
		if i := strings.LastIndexByte(s, '/'); i >= 0 && strings.HasPrefix(s, "arn:") {
			s = s[i+1:]
		}
		return reshaped(s, b.schema)
	case "date":
		return meantDate(s)
	case "location":
		return meantPath(s)
	case "principal", "principalArn", "roleArn", "storageRole":
		return meantPrincipal(b.def, s)
	case "line", "catalogName", "columnName", "filterName", "databasePattern":
		if trimmed := strings.TrimSpace(s); trimmed != s && trimmed != "" && !strings.ContainsAny(trimmed, "\n/*") {
			return scalar(trimmed)
		}
	}
	if types := b.strings("type"); slices.Contains(types, "array") {
		return b.name() + ": [" + scalar(s) + "]"
	}
	if b.name() == "tables" && strings.EqualFold(s, "all") {
		return `tables: "*"`
	}
	if b.name() == "tables" && s != "" {
		return "tables: {" + scalar(s) + ": {}}"
	}
	return ""
}

// reshaped returns the text in lower case and without blanks, if that has the form of the schema.
func reshaped(s string, schema map[string]any) string {
	pattern, _ := schema["pattern"].(string)
	s = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "-")
	if re, err := regexp.Compile(pattern); err == nil && re.MatchString(s) {
		return scalar(s)
	}
	return ""
}

func meantDate(s string) string {
	for _, layout := range []string{
		"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2.1.2006", "2 January 2006", "2 Jan 2006", "January 2, 2006",
		time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04",
	} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

func meantPath(s string) string {
	if p := fact.NormalPath(s); p != s && !strings.HasPrefix(s, "s3://") && p != "s3://" && !strings.Contains(p, "*") {
		return p
	}
	if cut := strings.TrimRight(s, "*"); cut != s && strings.HasPrefix(cut, "s3://") && !strings.Contains(cut, "*") {
		return cut
	}
	if s != "" && !strings.Contains(s, ":") && !strings.HasPrefix(s, "/") && !strings.ContainsAny(s, "* \t\n") {
		return "s3://" + s
	}
	return ""
}

// meantPrincipal turns the ARN of a session into that of its role.
func meantPrincipal(def, s string) string {
	if m := regexp.MustCompile(`^arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([A-Za-z0-9_+=,.@-]+)/`).FindStringSubmatch(s); m != nil {
		return "arn:" + m[1] + ":iam::" + m[2] + ":role/" + m[3]
	}
	switch {
	case def != "principal":
		return ""
	case strings.HasPrefix(s, "Role/"), strings.HasPrefix(s, "User/"), strings.HasPrefix(s, "role:"), strings.HasPrefix(s, "user:"):
		return strings.ToLower(s[:4]) + "/" + s[5:]
	case strings.HasPrefix(s, "/"):
		return "role" + s
	}
	return ""
}
