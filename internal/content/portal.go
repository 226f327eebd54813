package content

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// PortalError is an error that the portal gave in place of bytes, inside an
// answer that looked good.
type PortalError struct {
	Code        int
	MessageCode string
	Message     string
	Details     string
}

// Error says what the portal said.
func (e *PortalError) Error() string {
	words := []string{"the portal gave an error instead of the data:"}
	if e.Code != 0 {
		words = append(words, fmt.Sprint(e.Code))
	}
	for _, w := range []string{e.MessageCode, e.Message, e.Details} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// Unwrap is ErrNoData where the portal says that the item has none; it does
// so with code 500.
func (e *PortalError) Unwrap() error {
	if e.MessageCode == "CONT_0004" || strings.Contains(strings.ToLower(e.Message), "does not have a file") {
		return ErrNoData
	}
	return nil
}

// kind: what a new token or a later try may mend is not the bytes' fault.
func (e *PortalError) kind() fault.Kind {
	switch {
	case e.Unwrap() != nil:
		return fault.ContentInvalid
	case e.Code == 498, e.Code == 499:
		return fault.TokenRejected
	case e.Code == 429, e.Code >= 500:
		return fault.PortalUnavailable
	}
	return fault.ContentInvalid
}

// portalError finds the portal's error object. An item's own JSON may have a
// key of that name; then it has others beside.
func portalError(body []byte) error {
	var object map[string]json.RawMessage
	if json.Unmarshal(bytes.TrimPrefix(body, bom), &object) != nil {
		return nil
	}
	for key := range object {
		if !slices.Contains([]string{"error", "success", "itemId", "status"}, key) {
			return nil
		}
	}
	var said struct {
		Code        *float64        `json:"code"`
		MessageCode string          `json:"messageCode"`
		Message     *string         `json:"message"`
		Details     json.RawMessage `json:"details"`
	}
	if json.Unmarshal(object["error"], &said) != nil || said.Code == nil && said.Message == nil {
		return nil
	}
	e := &PortalError{MessageCode: said.MessageCode, Details: details(said.Details)}
	if said.Code != nil {
		e.Code = int(*said.Code)
	}
	if said.Message != nil {
		e.Message = *said.Message
	}
	return fault.As(e.kind(), e)
}

// details come as a list, as a string, or not at all.
func details(raw json.RawMessage) string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return strings.Join(list, " ")
	}
	var one string
	json.Unmarshal(raw, &one) //nolint:errcheck // what is no text is left out
	return one
}
