package arcgistest

import "time"

// script is what goes wrong with an item. Numbers count down with each
// attempt; the portal's copy is used up, the scenario's stays.
type script struct {
	polls                      int
	says                       []string
	seconds                    time.Duration
	fails                      int
	message                    string
	hangs, forgotten           bool
	lost, late                 int
	pollErrors                 int
	refused                    *failure
	extractOff                 bool
	damage                     damage
	damaged                    int
	cuts, slowdowns            int
	slowdown                   time.Duration
	noRanges, noLength         bool
	holdFrom                   int64
	hold                       <-chan struct{}
	shifting                   bool
	throttles                  int
	throttleFor                time.Duration
	throttleWait               time.Duration
	throttleHTTP               bool
	gone, unreadable, undated  bool
	deleteFails, deleteRefuses int
	noData                     *failure
	broken                     *failure
}

// damage is a way in which a file is not what it should be.
type damage int

const (
	whole damage = iota
	empty
	truncated
	notZip
	signInInstead
	errorJSON
	noDataSet
)

// always is more often than any client tries.
const always = 1 << 30

// ExportTakes sets how many looks at the status find an export still at work
// (1 at first); the next one finds it done.
func (i *Item) ExportTakes(polls int) *Item { i.script.polls = polls; return i }

// ExportSays sets the words with which the status speaks of the work, look by
// look, and at last of the result: "partial", "Processing", "COMPLETED". It
// sets how many looks the export takes as well.
func (i *Item) ExportSays(words ...string) *Item {
	i.script.says, i.script.polls = words, len(words)-1
	return i
}

// ExportSeconds makes an export be done n seconds of the portal's clock after
// it began, however often it is looked at.
func (i *Item) ExportSeconds(n float64) *Item {
	i.script.seconds = time.Duration(n * float64(time.Second))
	return i
}

// ExportFails lets the first so many exports end as failed with the message,
// which may be JSON text, as it sometimes is.
func (i *Item) ExportFails(times int, message string) *Item {
	i.script.fails, i.script.message = times, message
	return i
}

// ExportHangs lets every export of the item stay in processing for ever.
func (i *Item) ExportHangs() *Item { i.script.hangs = true; return i }

// ExportForgotten lets the portal forget every export of the item after its
// first look: job and half-built item are gone.
func (i *Item) ExportForgotten() *Item { i.script.forgotten, i.script.polls = true, always; return i }

// ExportAnswerLost breaks the connection of the first so many export requests
// after the job was begun.
func (i *Item) ExportAnswerLost(times int) *Item { i.script.lost = times; return i }

// ExportAnswer504 answers the first so many export requests with error 504,
// although the job was begun.
func (i *Item) ExportAnswer504(times int) *Item { i.script.late = times; return i }

// StatusErrorButLives answers looks at the status with "Error updating file
// item" until the export is done, and ever after, although it is well: only
// the item itself tells.
func (i *Item) StatusErrorButLives() *Item { i.script.pollErrors = always; return i }

// StatusErrors answers the first so many looks at the status with that error.
func (i *Item) StatusErrors(times int) *Item { i.script.pollErrors = times; return i }

// ExportRefused answers every export request with an error.
func (i *Item) ExportRefused(code int, message string) *Item {
	i.script.refused = &failure{Code: code, Message: message}
	return i
}

// LayersFail answers what is asked of the service's layers and tables with an
// error; exports of it work.
func (i *Item) LayersFail(code int, message string) *Item {
	i.script.broken = &failure{Code: code, Message: message, Details: []string{}}
	return i
}

// ExtractOff takes the capability Extract from the service; the portal then
// refuses to export it.
func (i *Item) ExtractOff() *Item { i.script.extractOff = true; return i }

// Empty makes the item's file, or every export of it, hold no bytes.
func (i *Item) Empty() *Item { return i.hurt(empty) }

// Truncated cuts the end off the item's file; no length says so.
func (i *Item) Truncated() *Item { return i.hurt(truncated) }

// NotAZip puts noise where a zip file should be.
func (i *Item) NotAZip() *Item { return i.hurt(notZip) }

// HTMLInstead answers /data with a page to sign in, status 200.
func (i *Item) HTMLInstead() *Item { return i.hurt(signInInstead) }

// ErrorJSONInstead answers /data with a JSON error, status 200.
func (i *Item) ErrorJSONInstead() *Item { return i.hurt(errorJSON) }

// NoDataSet makes an export a good zip file that holds no data set.
func (i *Item) NoDataSet() *Item { return i.hurt(noDataSet) }

func (i *Item) hurt(d damage) *Item { i.script.damage, i.script.damaged = d, always; return i }

// Times limits the damage before it to the first so many exports, or, of a
// file item, the first so many requests for its file.
func (i *Item) Times(n int) *Item { i.script.damaged = n; return i }

// CutDownloads breaks the first so many downloads half-way.
func (i *Item) CutDownloads(times int) *Item { i.script.cuts = times; return i }

// SlowDown503 answers the first so many downloads with status 503, SlowDown.
func (i *Item) SlowDown503(times int) *Item { i.script.slowdowns = times; return i }

// RetryAfter makes those answers say for how long, in whole seconds: S3 does
// not, servers before it may.
func (i *Item) RetryAfter(d time.Duration) *Item { i.script.slowdown = d; return i }

// NoRanges makes the file host ignore Range for the item.
func (i *Item) NoRanges() *Item { i.script.noRanges = true; return i }

// NoLength makes the file host send the item's file without ranges and
// without a length, ended by closing the connection.
func (i *Item) NoLength() *Item { i.script.noLength, i.script.noRanges = true, true; return i }

// HoldsRanges lets answers to ranges that begin at from or later wait until
// the channel is closed.
func (i *Item) HoldsRanges(from int64, until <-chan struct{}) *Item {
	i.script.holdFrom, i.script.hold = from, until
	return i
}

// DataChangesBetweenRanges changes the file after each answer to a Range.
func (i *Item) DataChangesBetweenRanges() *Item { i.script.shifting = true; return i }

// Throttled answers the first so many calls about the item with code 429 in
// HTTP 200 and "Retry after 60 sec.".
func (i *Item) Throttled(times int) *Item {
	i.script.throttles, i.script.throttleWait = times, time.Minute
	return i
}

// ThrottledFor answers so, from the first call on, for d of the portal's
// clock; the seconds named are those that remain.
func (i *Item) ThrottledFor(d time.Duration) *Item { i.script.throttleFor = d; return i }

// ThrottledHTTP answers the first so many calls with HTTP 429 and Retry-After.
func (i *Item) ThrottledHTTP(times int, wait time.Duration) *Item {
	i.script.throttles, i.script.throttleWait, i.script.throttleHTTP = times, wait, true
	return i
}

// GoneAfterListing leaves the item in the search alone: by id, and in its
// owner's content, it does not exist.
func (i *Item) GoneAfterListing() *Item { i.script.gone = true; return i }

// Unreadable answers 403 to whoever asks for the item by id.
func (i *Item) Unreadable() *Item { i.script.unreadable = true; return i }

// NoEditingInfo makes the service's layers say nothing of their last edit.
func (i *Item) NoEditingInfo() *Item { i.script.undated = true; return i }

// DeleteFails answers the first so many deletions of the item's exports with
// an error 500.
func (i *Item) DeleteFails(times int) *Item { i.script.deleteFails = times; return i }

// DeleteSaysFalse answers the first so many with success: false.
func (i *Item) DeleteSaysFalse(times int) *Item { i.script.deleteRefuses = times; return i }

// NoDataError makes /data of an item without data answer with an error
// instead of nothing: 500 "Item does not have a file." or another.
func (i *Item) NoDataError(code int, messageCode, message string) *Item {
	i.script.noData = &failure{Code: code, MessageCode: messageCode, Message: message}
	return i
}
