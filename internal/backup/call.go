package backup

import (
	"encoding/json"
	"time"
)

// Caught is an error as a Catch of the machine puts it into the data; both
// fields are empty where nothing went wrong.
type Caught struct {
	Error string `json:"Error"`
	Cause string `json:"Cause"`
}

// Moment is the machine's clock: rooms take the time from the state they are
// called in, so that one clock rules a whole run, also a moved one.
type Moment struct {
	Repeat  int       `json:"repeat"` // repeats of this step so far ($$.State.RetryCount)
	Now     time.Time `json:"now"`    // when the state was entered ($$.State.EnteredTime)
	Arrived time.Time `json:"-"`      // when the door took the call, by this process's clock
}

// Time is the machine's time now.
func (m Moment) Time() time.Time {
	if m.Arrived.IsZero() {
		return m.Now.UTC()
	}
	return m.Now.Add(time.Since(m.Arrived)).UTC()
}

// A Call is what the machine hands to the rooms that work on one item.
type Call struct {
	Docket    Docket    `json:"docket"`
	Error     Caught    `json:"error"`     // Close alone: what sent the item here
	Execution string    `json:"execution"` // Close alone: the child execution's id
	Began     time.Time `json:"began"`     // Close alone: when the child execution began
	Moment
}

// A RunCall is what the machine hands to List and Finish.
type RunCall struct {
	Input     json.RawMessage `json:"input"` // the execution's input, as it was given
	Execution string          `json:"execution"`
	Started   time.Time       `json:"started"`
	Error     Caught          `json:"error"` // Finish alone: what went wrong before
	Moment
}

// Listed is List's answer.
type Listed struct {
	Run            string `json:"run"`
	Whole          bool   `json:"whole"` // false: ask again after Wait seconds
	Wait           int    `json:"wait"`
	Total          int    `json:"total"`
	Items          string `json:"items"`   // key of items.json
	Results        string `json:"results"` // prefix for the Map's ResultWriter, no slash at the end
	MaxConcurrency int    `json:"max_concurrency"`
}
