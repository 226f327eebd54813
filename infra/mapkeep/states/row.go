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
		Output              string    `json:",omitempty"`
		OutputDetails       *included `json:",omitempty"`
		RedriveCount        int
		RedriveStatus       string
		RedriveStatusReason string
		StartDate           string
		StateMachineArn     string
		Status              string
		StopDate            string
	}{
		Cause: o.error.cause, Error: o.error.name, ExecutionArn: x.id,
		Input: string(encode(x.input)), InputDetails: included{true}, Name: x.name,
		RedriveStatus: "NOT_REDRIVABLE", RedriveStatusReason: "Execution is " + o.status + " and cannot be redriven",
		StartDate: stamp(x.started), StateMachineArn: arn + "stateMachine:" + x.machine,
		Status: o.status, StopDate: stamp(o.stopped),
	}
	if o.status == Succeeded {
		row.Output, row.OutputDetails = string(encode(o.output)), &included{true}
	}
	return encode(row)
}
