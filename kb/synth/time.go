package synth

import (
	"slices"
	"time"
)

// Latency is how long queries took, one after the other.
type Latency struct{ P50, P95, Max time.Duration }

// Time calls f once for each query, after a first call that does not count.
func Time(queries []string, f func(query string)) Latency {
	start := time.Now()
	return TimeBy(func() time.Duration { return time.Since(start) }, queries, f)
}

// TimeBy is Time by another clock: that of a thread's processor time, for example, which
// tells on a busy machine what an idle one would take.
func TimeBy(clock func() time.Duration, queries []string, f func(query string)) Latency {
	if len(queries) == 0 {
		return Latency{}
	}
	f(queries[0])
	took := make([]time.Duration, len(queries))
	for i, q := range queries {
		start := clock()
		f(q)
		took[i] = clock() - start
	}
	return Distribution(took)
}

// Distribution sums up how long queries took, at least one. It sorts them.
func Distribution(took []time.Duration) Latency {
	slices.Sort(took)
	return Latency{took[len(took)/2], took[len(took)*95/100], took[len(took)-1]}
}
