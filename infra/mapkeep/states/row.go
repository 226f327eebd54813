package states

import (
	"encoding/json"
)

// included says that an input or output stands in its row whole.
type included struct{ Included bool }

// rowOf is a child execution as Step Functions describes it in results.
func rowOf(x *execution, o outcome) json.RawMessage {
	row := struct {
		Cause               string `json:",omitempty"`
		Error               string `json:",omitempty"`
		ExecutionArn        string
		Input               string
		InputDetails        included
		Name                string
		Output              string `json:",omitempty"`
		OutputDetails       included
		RedriveCount        int
		RedriveStatus       string
		RedriveStatusReason string `json:",omitempty"`
		StartDate           string
		StateMachineArn     string
		Status              string
		StopDate            string
	}{
		Cause: o.error.cause, Error: o.error.name, ExecutionArn: x.id,
		Input: string(encode(x.input)), InputDetails: included{true}, Name: x.name,
		OutputDetails: included{true}, RedriveStatus: "REDRIVABLE_BY_MAP_RUN",
		StartDate: stamp(x.started), StateMachineArn: arn + "stateMachine:" + x.machine,
		Status: o.status, StopDate: stamp(o.stopped),
	}
	if o.status == Succeeded {
		row.Output = string(encode(o.output))
		row.RedriveStatus, row.RedriveStatusReason = "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven"
	}
	return encode(row)
}
