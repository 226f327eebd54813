package linters_test

// The machine, each time with one mistake.
var brokenMachines = []broken{
	{"a comma is missing", machine, `"Label": "Items",`, `"Label": "Items"`, aslValidator},
	{"a field stands twice", machine, `"Label": "Items",`, `"Label": "Items", "Label": "Item",`, ours},

	// Ways through it.
	{"Next leads nowhere", machine, `"Next": "Exporting"`, `"Next": "Exportin"`, aslValidator},
	{"Next leads out of the map", machine, `"Next": "CloseFailed"}],`, `"Next": "FinishFailed"}],`, aslValidator},
	{"Default leads nowhere", machine, `"Default": "ItemFailed"`, `"Default": "Failed"`, aslValidator},
	{"StartAt leads nowhere", machine, `"StartAt": "Way"`, `"StartAt": "Ways"`, cfnLint},
	{"a state that can't be reached", machine, `"Default": "DownloadLater"`, `"Default": "Close"`, aslValidator},
	{"neither Next nor End", machine, "\"SecondsPath\": \"$.list.wait\",\n      \"Next\": \"List\"", `"SecondsPath": "$.list.wait"`, cfnLint},
	{"a Choice without Default", machine, "\"Next\": \"Export\"}],\n            \"Default\": \"Download\"", `"Next": "Export"}]`, ours},

	// Errors.
	{"States.ALL in company", machine, `["States.ALL"], "Next": "ListFailed"`, `["States.ALL", "BadSettings"], "Next": "ListFailed"`, ours},
	{"States.ALL before others", machine, "\"JitterStrategy\": \"FULL\"\n        }\n      ],\n      \"Catch\": [{\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"ListFailed\"}]",
		"\"JitterStrategy\": \"FULL\"\n        },\n        {\"ErrorEquals\": [\"Lambda.Unknown\"]}\n      ],\n      \"Catch\": [{\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"ListFailed\"}]", ours},
	{"an error name of AWS that is none", machine, `["States.ALL"], "Next": "ListFailed"`, `["States.All"], "Next": "ListFailed"`, ours},
	{"a retrier that never gets a turn", machine, "\"list.$\": \"$.Payload\", \"error\": {}},\n      \"Retry\": [\n",
		"\"list.$\": \"$.Payload\", \"error\": {}},\n      \"Retry\": [\n        {\"ErrorEquals\": [\"PortalUnavailable\"], \"MaxAttempts\": 1},\n", ours},
	{"a jitter that is none", machine, "\"JitterStrategy\": \"FULL\"\n        }\n      ],\n      \"Catch\": [{\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"ListFailed\"}]",
		"\"JitterStrategy\": \"SOME\"\n        }\n      ],\n      \"Catch\": [{\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"ListFailed\"}]", ours},
	{"waits that shrink", machine, "\"BackoffRate\": 2.0,\n          \"MaxDelaySeconds\": 60,\n          \"JitterStrategy\": \"FULL\"\n        }\n      ],\n      \"Catch\": [{\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"ListFailed\"}]",
		"\"BackoffRate\": 0.5,\n          \"MaxDelaySeconds\": 60,\n          \"JitterStrategy\": \"FULL\"\n        }\n      ],\n      \"Catch\": [{\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"ListFailed\"}]", ours},

	// Fields.
	{"a type of state that is none", machine, `"Type": "Succeed", "Comment": "The item`, `"Type": "Success", "Comment": "The item`, cfnLint},
	{"a field of a state that is none", machine, `"ToleratedFailurePercentage"`, `"ToleratedFailurePercent"`, cfnLint},
	{"more than all may fail", machine, `"ToleratedFailurePercentage": 100.0`, `"ToleratedFailurePercentage": 150.0`, aslValidator},
	{"two lengths of one Wait", machine, `"SecondsPath": "$.list.wait",`, `"Seconds": 5, "SecondsPath": "$.list.wait",`, aslValidator},
	{"a number and its path", machine, `"MaxConcurrencyPath": "$.list.max_concurrency",`, `"MaxConcurrency": 5, "MaxConcurrencyPath": "$.list.max_concurrency",`, ours},
	{"a path that is none", machine, `"$.docket.failure.cause"`, `"$.docket.failure..cause["`, ours},
	{"a text where a path has to be", machine, `"began.$": "$$.Execution.StartTime"`, `"began.$": "now"`, aslValidator},
	{"an intrinsic function that is none", machine, `"began.$": "$$.Execution.StartTime"`, `"began.$": "States.Now($.error)"`, aslValidator},
	{"the map's item beyond the map's door", machine, `"began.$": "$$.Execution.StartTime"`, `"began.$": "$$.Map.Item.Index"`, ours},
	{"a task without a resource", machine, "\"Comment\": \"One look at the export: pending, ready or failed\",\n            \"Resource\": \"arn:aws:states:::lambda:invoke\",\n",
		"\"Comment\": \"One look at the export: pending, ready or failed\",\n", cfnLint},

	{"a label that no ARN can hold", machine, `"Label": "Items"`, `"Label": "All items"`, ours},

	// What the template fills in.
	{"a substitution without a value", machine, "${CheckFunction}", "${CheckFunctions}", ours},
	{"a task that calls the bucket", machine, `"FunctionName": "${CloseFunction}"`, `"FunctionName": "${Bucket}"`, ours},
	{"a map whose children have no rights", machine, `"Label": "Items"`, `"Label": "Each"`, ours},
}
