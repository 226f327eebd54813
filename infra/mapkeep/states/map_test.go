package states_test

import (
	"encoding/json"
	"testing"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// mapped is a machine of one Distributed Map with these fields and one state
// of these fields in its processor.
func mapped(fields, inner string) string {
	return one(`"Type": "Map", "Label": "Items", "End": true, ` + fields + `
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
			"StartAt": "I", "States": {"I": {` + inner + `}}}`)
}

const reader = `"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
	"Parameters": {"Bucket": "b", "Key.$": "$.key"}}, `

func TestMapReadsAListAndSelects(t *testing.T) {
	t.Parallel()
	b := &bucket{objects: map[string][]byte{"b/items.json": []byte(`[{"id":"a"},{"id":"b"}]`)}}
	e := states.Engine{
		Machine: parse(t, mapped(reader+`"ItemSelector": {"n.$": "$$.Map.Item.Index", "id.$": "$$.Map.Item.Value.id", "run.$": "$.run"},`,
			`"Type": "Pass", "End": true`)),
		Objects: b, Clock: newClock(),
	}
	want(t, e.Run(t.Context(), "r", json.RawMessage(`{"key":"items.json","run":7.50}`)), states.Succeeded,
		`[{"id":"a","n":0,"run":7.50},{"id":"b","n":1,"run":7.50}]`)
}
