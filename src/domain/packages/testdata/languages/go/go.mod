module example.com/fixture

go 1.22

require (
	github.com/pkg/errors v0.9.1
	golang.org/x/text v0.14.0
)

replace golang.org/x/text => golang.org/x/text v0.15.0
