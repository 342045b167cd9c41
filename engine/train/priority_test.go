//go:build linux

package train

import "testing"

// A recipe in the background gets the lowest priority there is: nice 19 and SCHED_IDLE (5),
// the 19th and the 41st field of proc(5)'s stat.
func TestBackgroundStepsBack(t *testing.T) {
	o := setup(t, `for i in $(seq 20000); do read -r stat < "/proc/$$/stat"; set -- $stat; shift 18; nice=$1; shift 22
[ "$nice $1" = "19 5" ] && break; done
[ "$nice $1" = "19 5" ] || { echo "nice $nice, policy $1" >&2; exit 1; }
`+whole)
	o.Background = true
	if _, err := Run(t.Context(), o); err != nil {
		t.Error(err)
	}
}
