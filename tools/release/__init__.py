"""`make release` builds everything that a release consists of from one commit, into `build/release`."""
