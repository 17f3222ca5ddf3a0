"""Gives a page a scripted recogniser, translator and detector, in the shape that browsers have them."""

from playwright.async_api import Page

RECOGNISER = """
    window.packs = { "en-US": "available", "de-DE": "downloadable", "ar-EG": "available" };
    window.asked = [];
    window.sessions = [];
    window.SpeechRecognition = class {
        lang = ""; continuous = false; interimResults = false;
        get processLocally() { return this.local ?? false; }
        set processLocally(local) { this.local = local; }
        static async available(options) {
            window.asked.push(["available", options]);
            return window.packs[options.langs[0]] ?? "unavailable";
        }
        static async install(options) {
            window.asked.push(["install", options]);
            await new Promise((go) => { window.installed = go; });
            window.packs[options.langs[0]] = "available";
            return true;
        }
        start(track) {
            if (!this.processLocally) throw new Error("the voice would leave the device");
            this.track = track; this.results = []; this.open = true;
            window.sessions.push(this);
        }
        abort() { this.open = false; this.onend?.(); }
        hear(text, isFinal, index = this.results.length) {
            if (!this.open || !this.track.enabled) return;
            this.results[index] = { isFinal, 0: { transcript: text, confidence: 0.9 }, length: 1 };
            this.onresult?.({ resultIndex: index, results: this.results });
        }
        fall(error) { this.onerror?.({ error }); this.open = false; this.onend?.(); }
    };
    window.hear = (...said) => window.sessions.at(-1).hear(...said);
"""
"""A recogniser that hears what the test says: `hear(text, final, index)` in the page."""

TRANSLATOR = """
    window.pairs = { "de en": "downloadable", "ar en": "available", "en ar": "available" };
    window.made = [];
    window.broken = "";
    let pressed = -Infinity; // the driver's own calls count as presses for a browser
    for (const type of ["pointerdown", "keydown"])
        addEventListener(type, ({ timeStamp }) => { pressed = timeStamp; }, { capture: true });
    window.isActive = () => performance.now() - pressed < 5_000;
    window.LanguageDetector = class {
        static async availability() { return "available"; }
        static async create() { return new this(); }
        async detect(text) {
            if (window.broken === "detector") throw new Error("no detector today");
            const german = /\\b(ich|guten|der|wie)\\b/i.test(text) ? "de" : "en";
            const language = /[\\u0600-\\u06ff]/.test(text) ? "ar" : german;
            const confidence = 0.93;
            const unknown = { detectedLanguage: "und", confidence: 0.01 };
            return [{ detectedLanguage: language, confidence }, unknown];
        }
    };
    window.Translator = class {
        static async availability({ sourceLanguage, targetLanguage }) {
            return window.pairs[`${sourceLanguage} ${targetLanguage}`] ?? "unavailable";
        }
        static async create({ sourceLanguage, targetLanguage, monitor }) {
            const pair = `${sourceLanguage} ${targetLanguage}`;
            window.made.push(pair);
            if (window.pairs[pair] === "downloadable") {
                if (!window.isActive())
                    throw new DOMException("Requires a user gesture", "NotAllowedError");
                const heard = new EventTarget();
                monitor(heard);
                heard.dispatchEvent(Object.assign(new Event("downloadprogress"), { loaded: 0.4, total: 1 }));
                await new Promise((go) => { window.loaded = go; });
                window.pairs[pair] = "available";
            }
            const made = new this();
            made.to = targetLanguage;
            return made;
        }
        async translate(text) {
            if (window.broken === "translator") throw new DOMException("not today", "UnknownError");
            return `${this.to}<b>: ${[...text].reverse().join("")}`;
        }
    };
"""
"""A translator that writes a line backwards, after a pack was loaded with `loaded()`. It contains markup."""

NOTHING = """
    for (const name of ["SpeechRecognition", "webkitSpeechRecognition", "Translator", "LanguageDetector"])
        delete window[name];
"""
"""A browser that has none of them."""

ONLY_A_CLOUD = NOTHING + "window.webkitSpeechRecognition = class { start() { window.sent = true; } };"
"""A browser whose recogniser cannot promise to work on the device."""


async def equip(page: Page, *scripts: str) -> None:
    """Let these scripts run before those of the page."""
    for script in (NOTHING, *scripts):
        await page.add_init_script(f"(() => {{ {script} }})();")


async def speak(page: Page, *languages: str) -> None:
    """Let the browser have these languages, and show the page in English."""
    await page.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{ get: () => {list(languages)} }});"
        "localStorage.setItem('zufall.locale', 'en');"
    )
