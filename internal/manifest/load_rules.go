package manifest

import "github.com/lakeshare/lakeshare/internal/diag"

const (
	ruleMissingConfig    = "missing-config"
	ruleTooManyFiles     = "too-many-files"
	ruleTooLarge         = "too-large"
	ruleBadExtension     = "bad-yaml-extension"
	ruleDuplicateShare   = "duplicate-share"
	ruleInvalidUTF8      = "invalid-utf8"
	ruleControlCharacter = "control-character"
	ruleInvalidYAML      = "invalid-yaml"
	ruleEmptyFile        = "empty-file"
	ruleSeveralDocuments = "several-documents"
	ruleTooDeep          = "too-deep"
	ruleAnchor           = "anchor"
	ruleTag              = "tag"
	ruleDuplicateKey     = "duplicate-key"
	ruleUnknownKey       = "unknown-key"
	ruleMissingKey       = "missing-key"
	ruleConflictingKeys  = "conflicting-keys"
	ruleWrongType        = "wrong-type"
	ruleUnquotedAccount  = "unquoted-account-id"
	ruleWrongVersion     = "wrong-version"
	ruleBadValue         = "bad-value"
	ruleBadName          = "bad-name"
	ruleBadDate          = "bad-date"
	ruleEmptyList        = "empty-list"
	ruleDuplicateEntry   = "duplicate-entry"
	ruleNotYet           = "not-yet"
	ruleTooManyFindings  = "too-many-findings"
)

// LoadRules returns the rules of loading: of files, of YAML, of the format.
func LoadRules() []diag.Rule {
	rules := []diag.Rule{
		{Name: ruleMissingConfig, Title: "No lakeshare.yaml", Help: "Accounts and scope stand in lakeshare.yaml, next to shares/. Without it no share means anything."},
		{Name: ruleTooManyFiles, Title: "Too many shares", Help: "One repository holds at most 10,000 files below shares/."},
		{Name: ruleTooLarge, Title: "File too large", Help: "A file holds at most 1 MiB. Split it."},
		{Name: ruleBadExtension, Title: "Extension not read", Help: "Only .yaml and .yml are read, in lower case. A share that nobody reads shares nothing, so this warns."},
		{Name: ruleDuplicateShare, Title: "Two files, one share", Help: "The name of a share is its path without the extension, so a.yaml and a.yml are the same share."},
		{Name: ruleInvalidUTF8, Title: "Not UTF-8", Help: "Files are UTF-8. Save the file again in that encoding."},
		{Name: ruleControlCharacter, Title: "Control character", Help: "Control characters, and invisible ones that change the direction of text, hide from a reviewer what a file says."},
	}
	return append(append(rules, yamlRules()...), formatRules()...)
}

func yamlRules() []diag.Rule {
	return []diag.Rule{
		{Name: ruleInvalidYAML, Title: "Not YAML", Help: "The file breaks the syntax of YAML. Nothing else about it can be said until that is mended."},
		{Name: ruleEmptyFile, Title: "Empty file", Help: "The file holds nothing but comments. Delete it, or write a share."},
		{Name: ruleSeveralDocuments, Title: "Several documents", Help: "One file is one share: --- may not begin a second one."},
		{Name: ruleTooDeep, Title: "Nested too deep", Help: "The format needs a handful of levels; 64 is the limit."},
		{Name: ruleAnchor, Title: "Anchor, alias or merge key", Help: "A reader has to see in the line what it says. Write the value out."},
		{Name: ruleTag, Title: "YAML tag", Help: "Tags change what a value means. Values are text, numbers, true and false, lists and mappings."},
		{Name: ruleDuplicateKey, Title: "Key written twice", Help: "A key may stand in a mapping once. Names of databases and tables count as one whatever their case."},
	}
}

func formatRules() []diag.Rule {
	return []diag.Rule{
		{Name: ruleUnknownKey, Title: "Unknown key", Help: "The format does not have this key here. A key that means nothing is refused, since it would be relied on."},
		{Name: ruleMissingKey, Title: "Missing key", Help: "The format needs this key here."},
		{Name: ruleConflictingKeys, Title: "Keys that exclude each other", Help: "Only one of these keys may be written."},
		{Name: ruleWrongType, Title: "Wrong type", Help: "YAML reads the value as something else than the format expects; often quotes are missing."},
		{Name: ruleUnquotedAccount, Title: "Account id without quotes", Help: "YAML reads digits as a number and may drop a leading zero. An account id stands in quotes."},
		{Name: ruleWrongVersion, Title: "Unknown version", Help: "There is one version of the format: version: 1."},
		{Name: ruleBadValue, Title: "Value not allowed", Help: "The value is none of those allowed, or does not have the form that AWS needs."},
		{Name: ruleBadName, Title: "Name not allowed", Help: "AWS or lakeshare cannot use this name."},
		{Name: ruleBadDate, Title: "Not a date", Help: "A share ends at 00:00 UTC of a day of the calendar, written YYYY-MM-DD."},
		{Name: ruleEmptyList, Title: "Empty list or mapping", Help: "It would say nothing, or something else than intended. Leave the key out."},
		{Name: ruleDuplicateEntry, Title: "Entry written twice", Help: "A list may hold an entry once."},
		{Name: ruleNotYet, Title: "Not supported yet", Help: "The key belongs to the format, but this version of lakeshare cannot do what it says, so it refuses it."},
		{Name: ruleTooManyFindings, Title: "More findings", Help: "At most 100 findings of one file are listed."},
	}
}
