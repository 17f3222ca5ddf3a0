export const en = {
  direct: "Your network should let direct calls through.",
  relayed: "Your network seems to need a relay server. This site has one.",
  blocked: "Your network seems to block direct calls, and this site has no relay server. Text works.",
};
