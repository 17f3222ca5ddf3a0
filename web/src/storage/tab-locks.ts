// Web Locks between the tabs of this browser. Without locks, each tab goes on alone.

/** The limit for waiting, because a frozen tab must not hold up the others. */
const TURN_MS = 1_000;

/** Runs `work` unless another tab runs what has this name. Without locks, all tabs run it. */
export async function onlyOneTab(
  name: string,
  work: () => Promise<void>,
  locks: Pick<LockManager, "request"> | undefined = navigator.locks,
): Promise<void> {
  let agreed = false;
  try {
    await locks?.request(name, { ifAvailable: true }, async (lock) => {
      agreed = true;
      if (lock) await work();
    });
  } catch (error) {
    if (agreed) throw error;
  }
  if (!agreed) await work(); // insecure pages have no locks, and those who block storage block locks, too
}

/** Runs the short `work` after other tabs under this name, or at once without locks. */
export async function withTabLock<Result>(
  name: string,
  locks: Pick<LockManager, "request"> | undefined,
  work: () => Result,
): Promise<Result> {
  let done: { result: Result } | undefined;
  const once = () => {
    done ??= { result: work() };
    return done.result;
  };
  try {
    await locks?.request(name, { signal: AbortSignal.timeout(TURN_MS) }, once);
  } catch (error) {
    if (done) throw error;
  }
  return once();
}
