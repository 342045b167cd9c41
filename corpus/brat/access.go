package brat

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Access is what acl.conf says: who may see which directories, in the syntax of
// robots.txt, where the user agents are users. The zero value allows all.
type Access struct{ groups []accessGroup }

type accessGroup struct {
	users []string // lower case; "*" for everyone else
	rules []accessRule
}

type accessRule struct {
	allow bool
	path  string // a prefix; "*" for every path
}

// Allowed tells whether a user may see a path below brat's data directory. As
// in the parser that brat uses, the first group with a name that occurs in the
// user's counts, else the first of "*", and in it the first rule that fits.
func (a Access) Allowed(user, path string) bool {
	user = strings.ToLower(user)
	i := slices.IndexFunc(a.groups, func(g accessGroup) bool {
		return !slices.Contains(g.users, "*") && slices.ContainsFunc(g.users, func(u string) bool { return strings.Contains(user, u) })
	})
	if i < 0 {
		i = slices.IndexFunc(a.groups, func(g accessGroup) bool { return slices.Contains(g.users, "*") })
	}
	if i < 0 {
		return true
	}
	for _, r := range a.groups[i].rules {
		if r.path == "*" || strings.HasPrefix(path, r.path) {
			return r.allow
		}
	}
	return true
}

// access reads acl.conf. What the parser of robots.txt passes over is a warning.
func (c *Config) access(p *confParser, data []byte) {
	var group *accessGroup // that goes on; nil after a blank line
	end := func() {
		if group != nil && len(group.rules) > 0 {
			c.Access.groups = append(c.Access.groups, *group)
		}
		group = nil
	}
	for n, l := range plainLines(p, data) {
		if l == "" {
			end()
		}
		l, _, _ = strings.Cut(l, "#")
		if l = trimSpace(l); l == "" {
			continue
		}
		key, value, ok := strings.Cut(l, ":")
		key, value = strings.ToLower(trimSpace(key)), trimSpace(value)
		switch {
		case !ok || key != "user-agent" && key != "allow" && key != "disallow":
			p.warn(n, fmt.Sprintf("%q is no rule of access", clip(l)), "write User-agent:, Allow: or Disallow:")
		case key == "user-agent":
			if group != nil && len(group.rules) > 0 {
				end()
			}
			if group == nil {
				group = &accessGroup{}
			}
			group.users = append(group.users, strings.ToLower(value))
		case group == nil:
			p.warn(n, "no User-agent stands before the rule, so it says nothing", "write User-agent: above it, without a blank line between them")
		default: // an empty path forbids nothing
			group.rules = append(group.rules, accessRule{allow: key == "allow" || value == "", path: unescape(value)})
		}
	}
	end()
}

func unescape(path string) string {
	if p, err := url.PathUnescape(path); err == nil {
		return p
	}
	return path
}
