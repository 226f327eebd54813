package infra

import (
	"encoding/json"
	"fmt"
	"path"
	"time"
)

// A Stack is what the program takes over from template.yaml, so that a
// number is written down once for both worlds.
type Stack struct {
	Functions map[string]Function // by the room's name: list, export, …
	Rules     []Rule              // the bucket's lifecycle, in the template's order
}

// A Function is what Lambda is told about one room.
type Function struct {
	Timeout time.Duration // of one call; the deadline that the room sees
	Memory  int           // MB
}

// A Rule is one rule of the bucket's lifecycle. What a rule leaves out is
// zero; days are counted as S3 does, from the object's creation (Expire) or
// from the day a version was replaced (Noncurrent).
type Rule struct {
	ID            string
	Prefix        string // of the keys it is about; "" is every key
	Tag           Tag    // that an object must carry; the zero Tag is none
	Expire        int    // days until an object goes
	Noncurrent    int    // days until a replaced or deleted version goes for good
	Uploads       int    // days until an unfinished multipart upload is given up
	DeleteMarkers bool   // delete markers with nothing under them go
}

// A Tag is an object's tag.
type Tag struct{ Key, Value string }

// Read takes the functions and the lifecycle rules out of a template. Where
// the template refers to a parameter, its default is read.
func Read(template []byte) (Stack, error) {
	doc, err := Decode(template)
	if err != nil {
		return Stack{}, err
	}
	var t struct{ Resources map[string]resource }
	if err := convert(withDefaults(doc), &t); err != nil {
		return Stack{}, fmt.Errorf("read template: %w", err)
	}
	s := Stack{Functions: map[string]Function{}}
	for _, r := range t.Resources {
		if r.Type == "AWS::Serverless::Function" {
			s.Functions[path.Base(r.Properties.CodeURI)] = Function{
				Timeout: time.Duration(r.Properties.Timeout) * time.Second,
				Memory:  r.Properties.MemorySize,
			}
		}
	}
	for _, r := range t.Resources["Bucket"].Properties.LifecycleConfiguration.Rules {
		s.Rules = append(s.Rules, r.plain())
	}
	if len(s.Functions) == 0 || len(s.Rules) == 0 {
		return Stack{}, fmt.Errorf("read template: %d functions and %d lifecycle rules", len(s.Functions), len(s.Rules))
	}
	return s, nil
}

// Rule finds a rule by its id.
func (s Stack) Rule(id string) (Rule, bool) {
	for _, r := range s.Rules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// resource holds the properties that are read, of whatever type has them.
type resource struct {
	Type       string
	Properties struct {
		CodeURI                string `json:"CodeUri"`
		Timeout                int
		MemorySize             int
		LifecycleConfiguration struct{ Rules []rule }
	}
}

// rule is a Rule in CloudFormation's spelling.
type rule struct {
	ID                             string `json:"Id"`
	Prefix                         string
	TagFilters                     []Tag
	ExpirationInDays               int
	ExpiredObjectDeleteMarker      bool
	NoncurrentVersionExpiration    struct{ NoncurrentDays int }
	AbortIncompleteMultipartUpload struct{ DaysAfterInitiation int }
}

func (r rule) plain() Rule {
	plain := Rule{
		ID:            r.ID,
		Prefix:        r.Prefix,
		Expire:        r.ExpirationInDays,
		Noncurrent:    r.NoncurrentVersionExpiration.NoncurrentDays,
		Uploads:       r.AbortIncompleteMultipartUpload.DaysAfterInitiation,
		DeleteMarkers: r.ExpiredObjectDeleteMarker,
	}
	if len(r.TagFilters) > 0 {
		plain.Tag = r.TagFilters[0]
	}
	return plain
}

// convert moves a decoded tree into the fields of a struct.
func convert(tree, into any) error {
	text, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
