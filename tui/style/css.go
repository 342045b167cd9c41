package style

import (
	"fmt"

	"github.com/lucasb-eyer/go-colorful"
)

func hex(s string) colorful.Color {
	c, err := colorful.Hex(s)
	if err != nil {
		panic("style: " + err.Error()) // a name below is mistyped
	}
	return c
}

func scanRGB(css string, r, g, b *uint8) int {
	n, _ := fmt.Sscanf(css, "rgb(%d,%d,%d)", r, g, b)
	return n
}

// named are the colour names that configurations of brat collections use.
var named = map[string]string{
	"aqua": "#00ffff", "aquamarine": "#7fffd4", "azure": "#f0ffff", "beige": "#f5f5dc", "bisque": "#ffe4c4",
	"black": "#000000", "blue": "#0000ff", "blueviolet": "#8a2be2", "brown": "#a52a2a", "burlywood": "#deb887",
	"cadetblue": "#5f9ea0", "chartreuse": "#7fff00", "chocolate": "#d2691e", "coral": "#ff7f50",
	"cornflowerblue": "#6495ed", "crimson": "#dc143c", "cyan": "#00ffff", "darkblue": "#00008b",
	"darkcyan": "#008b8b", "darkgoldenrod": "#b8860b", "darkgray": "#a9a9a9", "darkgreen": "#006400",
	"darkgrey": "#a9a9a9", "darkkhaki": "#bdb76b", "darkmagenta": "#8b008b", "darkolivegreen": "#556b2f",
	"darkorange": "#ff8c00", "darkorchid": "#9932cc", "darkred": "#8b0000", "darksalmon": "#e9967a",
	"darkseagreen": "#8fbc8f", "darkslateblue": "#483d8b", "darkturquoise": "#00ced1", "darkviolet": "#9400d3",
	"deeppink": "#ff1493", "deepskyblue": "#00bfff", "dodgerblue": "#1e90ff", "firebrick": "#b22222",
	"forestgreen": "#228b22", "fuchsia": "#ff00ff", "gold": "#ffd700", "goldenrod": "#daa520", "gray": "#808080",
	"green": "#008000", "greenyellow": "#adff2f", "grey": "#808080", "hotpink": "#ff69b4", "indianred": "#cd5c5c",
	"indigo": "#4b0082", "ivory": "#fffff0", "khaki": "#f0e68c", "lavender": "#e6e6fa", "lawngreen": "#7cfc00",
	"lemonchiffon": "#fffacd", "lightblue": "#add8e6", "lightcoral": "#f08080", "lightcyan": "#e0ffff",
	"lightgray": "#d3d3d3", "lightgreen": "#90ee90", "lightgrey": "#d3d3d3", "lightpink": "#ffb6c1",
	"lightsalmon": "#ffa07a", "lightseagreen": "#20b2aa", "lightskyblue": "#87cefa", "lightsteelblue": "#b0c4de",
	"lightyellow": "#ffffe0", "lime": "#00ff00", "limegreen": "#32cd32", "magenta": "#ff00ff", "maroon": "#800000",
	"mediumaquamarine": "#66cdaa", "mediumblue": "#0000cd", "mediumorchid": "#ba55d3", "mediumpurple": "#9370db",
	"mediumseagreen": "#3cb371", "mediumslateblue": "#7b68ee", "mediumturquoise": "#48d1cc",
	"mediumvioletred": "#c71585", "midnightblue": "#191970", "mistyrose": "#ffe4e1", "moccasin": "#ffe4b5",
	"navy": "#000080", "olive": "#808000", "olivedrab": "#6b8e23", "orange": "#ffa500", "orangered": "#ff4500",
	"orchid": "#da70d6", "palegoldenrod": "#eee8aa", "palegreen": "#98fb98", "paleturquoise": "#afeeee",
	"palevioletred": "#db7093", "peachpuff": "#ffdab9", "peru": "#cd853f", "pink": "#ffc0cb", "plum": "#dda0dd",
	"powderblue": "#b0e0e6", "purple": "#800080", "red": "#ff0000", "rosybrown": "#bc8f8f", "royalblue": "#4169e1",
	"salmon": "#fa8072", "sandybrown": "#f4a460", "seagreen": "#2e8b57", "sienna": "#a0522d", "silver": "#c0c0c0",
	"skyblue": "#87ceeb", "slateblue": "#6a5acd", "slategray": "#708090", "slategrey": "#708090",
	"springgreen": "#00ff7f", "steelblue": "#4682b4", "tan": "#d2b48c", "teal": "#008080", "thistle": "#d8bfd8",
	"tomato": "#ff6347", "turquoise": "#40e0d0", "violet": "#ee82ee", "wheat": "#f5deb3", "white": "#ffffff",
	"yellow": "#ffff00", "yellowgreen": "#9acd32",
}
