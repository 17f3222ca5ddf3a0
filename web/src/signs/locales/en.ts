export const en = {
  call_time: "Time in this call",
  you_are_muted: "You are muted.",
  my_network: "Your connection is weak. Move closer to your router, or use a cable.",
  their_network: "The stranger's connection is weak.",
  network: "The connection between you is weak. It may be on either side.",
  my_device: "Your device is busy. Close other programs or tabs.",
  their_device: "The stranger's device is busy.",
};
