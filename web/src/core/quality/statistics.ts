// Reads the statistics of a connection for the last second, whichever browser they come from. Pure. See
// https://www.w3.org/TR/webrtc-stats/. Firefox gives neither a bandwidth estimate nor a limitation reason.

/** Counters since the start, and current measurements. */
export interface Reading {
  /** Milliseconds by the browser's clock. */
  at: number;
  available: number | undefined;
  roundTrip: number | undefined;
  limitedBy: string | undefined;
  bytesSent: number;
  /** For each kind: the loss (0…1) that the stranger's browser reported, and when. */
  reports: Partial<Record<string, { lost: number; at: number }>>;
  packetsReceived: number;
  packetsLost: number;
  soundPackets: number;
  /** Undefined if no picture was negotiated. */
  frames: number | undefined;
  freezes: number;
  /** Whether my media goes through a TURN server of mine. Undefined before a path was chosen. */
  relayed: boolean | undefined;
}

/**
 * What happened between two readings. Bits, packets and frames are per second, losses are 0…1, times are in
 * seconds.
 */
export interface Sample {
  available?: number | undefined;
  sent: number;
  roundTrip?: number | undefined;
  /** Undefined if nothing was reported meanwhile. */
  outgoingLoss?: number | undefined;
  incomingLoss?: number | undefined;
  limitedBy?: string | undefined;
  soundPackets: number;
  frames?: number | undefined;
  freezes: number;
}

// biome-ignore lint/suspicious/noExplicitAny: each type of entry has other fields, and browsers leave some out
type Entry = any;

/** The part of an `RTCStatsReport` that is needed here. */
interface Report {
  forEach(each: (entry: Entry) => void): void;
}

export function read(report: Report): Reading {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => void entries.push(entry));
  const of = (type: string) => entries.filter((entry) => entry.type === type);
  const [incoming, outgoing, remote] = [of("inbound-rtp"), of("outbound-rtp"), of("remote-inbound-rtp")];
  const pair = chosenPair(of("transport"), of("candidate-pair"));
  const picture = incoming.find(({ kind }) => kind === "video");
  return {
    at: Math.max(0, ...entries.map(({ timestamp }) => timestamp)),
    available: pair?.availableOutgoingBitrate,
    roundTrip: pair?.currentRoundTripTime ?? remote.find(({ roundTripTime }) => roundTripTime)?.roundTripTime,
    limitedBy: outgoing.find(({ kind, active }) => kind === "video" && active !== false)
      ?.qualityLimitationReason,
    bytesSent: sum(outgoing, "bytesSent") + sum(outgoing, "headerBytesSent"),
    reports: Object.fromEntries(
      remote
        .filter(({ fractionLost }) => fractionLost !== undefined)
        .map(({ kind, fractionLost, timestamp }) => [kind, { lost: fractionLost, at: timestamp }]),
    ),
    packetsReceived: sum(incoming, "packetsReceived"),
    packetsLost: sum(incoming, "packetsLost"),
    soundPackets: sum(
      incoming.filter(({ kind }) => kind === "audio"),
      "packetsReceived",
    ),
    frames: picture && (picture.framesReceived ?? picture.framesDecoded ?? 0),
    freezes: sum(incoming, "freezeCount"),
    relayed: pair && of("local-candidate").some((one) => one.id === pair.localCandidateId && isRelay(one)),
  };
}

export function between(before: Reading, now: Reading): Sample {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const [arrived, lost] = [
    now.packetsReceived - before.packetsReceived,
    Math.max(0, now.packetsLost - before.packetsLost), // late packets are subtracted again
  ];
  const fresh = Object.entries(now.reports).filter(([kind, said]) => said?.at !== before.reports[kind]?.at);
  return {
    available: now.available,
    sent: ((now.bytesSent - before.bytesSent) * 8) / seconds,
    roundTrip: now.roundTrip,
    outgoingLoss: fresh.length ? Math.max(...fresh.map(([, said]) => said?.lost ?? 0)) : undefined,
    incomingLoss: arrived + lost > 0 ? lost / (arrived + lost) : undefined,
    limitedBy: now.limitedBy,
    soundPackets: (now.soundPackets - before.soundPackets) / seconds,
    frames: now.frames === undefined ? undefined : (now.frames - (before.frames ?? 0)) / seconds,
    freezes: now.freezes - before.freezes,
  };
}

/** Returns the pair that the transport names, or else the nominated one that works. */
function chosenPair(transports: Entry[], pairs: Entry[]): Entry {
  const named = transports.map(({ selectedCandidatePairId }) => selectedCandidatePairId);
  return (
    pairs.find(({ id }) => named.includes(id)) ??
    pairs.find(({ selected }) => selected) ??
    pairs.find(({ nominated, state }) => nominated && state === "succeeded")
  );
}

/** Also a peer reflexive candidate may be of a relay. Of the stranger's candidates nobody can know that. */
function isRelay({ candidateType, relayProtocol }: Entry): boolean {
  return candidateType === "relay" || relayProtocol !== undefined;
}

function sum(entries: Entry[], field: string): number {
  return entries.reduce((total, entry) => total + (entry[field] ?? 0), 0);
}
