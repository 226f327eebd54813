// Package fault holds the kinds of error that the state machine knows, by
// the names its Retry and Catch lists match. It decides nothing: packages
// below wrap their errors in a Kind, the door (package entry) finds the Kind
// and gives its name to Lambda, and infra/backup.asl.json says what is
// repeated. A test in infra holds this table and the machine together.
package fault

import "errors"

// Kind is one kind of error; its text is the name that Step Functions sees.
type Kind string

// The kinds. Those that repeating may mend come first.
const (
	PortalUnavailable Kind = "PortalUnavailable" // no answer, a 5xx, an answer cut short, a throttle that did not say how long
	TokenRejected     Kind = "TokenRejected"     // 498/499 although the token was new
	StoreUnavailable  Kind = "StoreUnavailable"  // the bucket did not answer, or asked for a slower pace
	ChangedWhileRead  Kind = "ChangedWhileRead"  // the source changed between two looks at it

	LoginRefused    Kind = "LoginRefused"    // wrong user name, password, application or token
	NotPermitted    Kind = "NotPermitted"    // this account may not read or export the item
	ItemGone        Kind = "ItemGone"        // the item does not exist, or this account can't see it any more
	ExportFailed    Kind = "ExportFailed"    // the portal gave an export up, or it took longer than export_timeout
	ExportLost      Kind = "ExportLost"      // the portal forgot an export it had begun
	ContentInvalid  Kind = "ContentInvalid"  // the bytes are not what the item should hold
	StoreRefused    Kind = "StoreRefused"    // the bucket says no: rights, a missing bucket, a full disk
	QuotaExceeded   Kind = "QuotaExceeded"   // the portal's storage, credits or subscription are used up
	BadSettings     Kind = "BadSettings"     // settings that can't be used
	NothingSelected Kind = "NothingSelected" // no item has one of the tags
)

// retried and final are the two halves of the table, in the order above.
var (
	retried = []Kind{PortalUnavailable, TokenRejected, StoreUnavailable, ChangedWhileRead}
	final   = []Kind{LoginRefused, NotPermitted, ItemGone, ExportFailed, ExportLost, ContentInvalid,
		StoreRefused, QuotaExceeded, BadSettings, NothingSelected}
)

// Retried lists the kinds that the machine's policy repeats.
func Retried() []Kind { return append([]Kind(nil), retried...) }

// Final lists the kinds that no repetition mends.
func Final() []Kind { return append([]Kind(nil), final...) }

// Error gives the name.
func (k Kind) Error() string { return string(k) }

// kinded is an error of a kind; its text is the cause's text alone.
type kinded struct {
	kind Kind
	err  error
}

func (k kinded) Error() string   { return k.err.Error() }
func (k kinded) Unwrap() []error { return []error{k.err, k.kind} }

// As says of which kind err is, and leaves its text as it was. A kind that
// err already has stays further inside: Of finds the outermost. As(k, nil)
// is nil.
func As(k Kind, err error) error {
	if err == nil {
		return nil
	}
	return kinded{k, err}
}

// New is an error of a kind with a text of its own.
func New(k Kind, text string) error { return kinded{k, errors.New(text)} }

// Of finds the outermost kind of err, or "" where it has none.
func Of(err error) Kind {
	var k kinded
	if errors.As(err, &k) {
		return k.kind
	}
	var bare Kind
	errors.As(err, &bare)
	return bare
}

// Is reports whether err is of the kind k.
func Is(err error, k Kind) bool { return err != nil && Of(err) == k }
