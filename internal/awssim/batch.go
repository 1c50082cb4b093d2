package awssim

import "slices"

type batchInput struct {
	CatalogID string `json:"CatalogId"`
	Entries   []grantInput
}

type batchFailure struct {
	RequestEntry grantInput
	Error        batchError
}

type batchError struct{ ErrorCode, ErrorMessage string }

func batchGrant(c *call) (any, *apiError)  { return c.batch((*call).grant) }
func batchRevoke(c *call) (any, *apiError) { return c.batch((*call).revoke) }

// batch applies entry by entry: the answer is 200 with what failed, and
// nothing is rolled back (R31, R32) [3.22-3.25].
func (c *call) batch(apply func(*call, grantInput) *apiError) (any, *apiError) {
	var in batchInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if len(in.Entries) > 20 && c.rule("R31") {
		return nil, invalidInput("Entries: at most 20 entries are allowed, but found %d.", len(in.Entries))
	}
	ids := map[string]bool{}
	for _, e := range in.Entries {
		if (e.ID == "" || len(e.ID) > 255 || ids[e.ID]) && c.rule("R31") {
			return nil, invalidInput("Entries: Id %q is empty, too long or not unique.", e.ID)
		}
		ids[e.ID] = true
	}
	failures := []batchFailure{}
	for i, e := range in.Entries {
		if c.fault != nil && c.fault.Stop > 0 && i >= c.fault.Stop {
			break
		}
		single := e
		if single.CatalogID == "" {
			single.CatalogID = in.CatalogID
		}
		err := c.entryFault(i)
		if err == nil {
			err = apply(c, single)
		}
		if err != nil && !c.rule("R32") {
			return nil, err
		}
		if err != nil {
			failures = append(failures, batchFailure{e, batchError{err.code, err.message}})
		}
	}
	return map[string]any{"Failures": failures}, nil
}

func (c *call) entryFault(i int) *apiError {
	if c.fault == nil || !slices.Contains(c.fault.Entries, i) || !c.rule("R33") {
		return nil
	}
	return c.fault.err()
}
