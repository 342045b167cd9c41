package journal

import "testing"

func TestNetworkMagic(t *testing.T) {
	for name, c := range map[string]struct {
		magic uint32
		want  bool
	}{
		"ext4": {0xef53, false}, "tmpfs": {0x01021994, false}, "overlay": {0x794c7630, false}, "btrfs": {0x9123683e, false},
		"nfs": {0x6969, true}, "cifs": {0xff534d42, true}, "smb2": {0xfe534d42, true}, "fuse": {0x65735546, true},
	} {
		if networkMagic(c.magic) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
	if !onNetwork("/nowhere/at/all") {
		t.Error("an unknown file system was taken for a local one")
	}
}
