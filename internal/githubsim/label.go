package githubsim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

type label struct {
	id                       int64
	name, color, description string
}

// defaultColor is what a label gets that nobody described.
const defaultColor = "ededed"

func (r *repository) label(name string) *label {
	at := slices.IndexFunc(r.labels, func(l *label) bool { return strings.EqualFold(l.name, name) })
	if at < 0 {
		return nil
	}
	return r.labels[at]
}

func checkLabel(name string) *apiError {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("Label", "missing_field", "name", "")
	case utf8.RuneCountInString(name) > maxLabel:
		return invalid("Label", "custom", "name", fmt.Sprintf("name is too long (maximum is %d characters)", maxLabel))
	}
	return nil
}

// ensureLabels makes the labels that do not exist yet, as putting them on an
// issue does.
func (c *call) ensureLabels(names []string) *apiError {
	for _, name := range names {
		if err := checkLabel(name); err != nil {
			return err
		}
	}
	for _, name := range names {
		if c.repo.label(name) == nil {
			c.repo.labels = append(c.repo.labels, &label{id: c.id(), name: name, color: defaultColor})
		}
	}
	return nil
}

func listLabels(c *call) (any, *apiError) { return each(page(c, c.repo.labels), c.labelDocument), nil }

func getLabel(c *call) (any, *apiError) {
	found := c.repo.label(c.r.PathValue("name"))
	if found == nil {
		return nil, notFound()
	}
	return c.labelDocument(found), nil
}

func createLabel(c *call) (any, *apiError) {
	var in struct{ Name, Color, Description string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := checkLabel(in.Name); err != nil {
		return nil, err
	}
	color := cmp.Or(in.Color, defaultColor)
	switch {
	case c.repo.label(in.Name) != nil:
		return nil, invalid("Label", "already_exists", "name", "")
	case len(color) != 6 || strings.Trim(strings.ToLower(color), "0123456789abcdef") != "":
		return nil, invalid("Label", "invalid", "color", "")
	case utf8.RuneCountInString(in.Description) > 100:
		return nil, invalid("Label", "custom", "description", "description is too long (maximum is 100 characters)")
	}
	made := &label{c.id(), in.Name, strings.ToLower(color), in.Description}
	c.repo.labels = append(c.repo.labels, made)
	doc := c.labelDocument(made)
	c.located(doc)
	return doc, nil
}

func listIssueLabels(c *call) (any, *apiError) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return page(c, c.labelDocuments(i)), nil
}

// addIssueLabels takes {"labels": [...]} and the list alone, which older clients send.
func addIssueLabels(c *call) (any, *apiError) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	if err := c.decode(&raw); err != nil {
		return nil, err
	}
	var in struct{ Labels []string }
	if json.Unmarshal(raw, &in.Labels) != nil && json.Unmarshal(raw, &in) != nil || len(in.Labels) == 0 {
		return nil, unprocessable("Invalid request.\n\nNo subschema in \"oneOf\" matched.")
	}
	if err := c.ensureLabels(in.Labels); err != nil {
		return nil, err
	}
	for _, name := range in.Labels {
		if !i.labelled(name) {
			i.Labels = append(i.Labels, name)
		}
	}
	i.Updated = c.now
	return c.labelDocuments(i), nil
}

func (c *call) labelDocuments(i *issue) []object {
	return each(i.Labels, func(name string) object { return c.labelDocument(c.repo.label(name)) })
}

func (c *call) labelDocument(l *label) object {
	return object{
		"id": l.id, "node_id": nodeID("LA", l.id), "name": l.name, "color": l.color, "default": false,
		"description": textOrNull(l.description),
		"url":         c.base + "/repos/" + c.repo.full() + "/labels/" + url.PathEscape(l.name),
	}
}
