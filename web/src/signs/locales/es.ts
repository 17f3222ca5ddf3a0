import type { Texts } from "../texts";

export const es: Texts = {
  call_time: "Tiempo de esta llamada",
  you_are_muted: "Tienes el micrófono silenciado.",
  my_network: "Tu conexión es débil. Acércate al router o usa un cable.",
  their_network: "La conexión de la otra persona es débil.",
  network: "La conexión entre vosotros es débil. Puede ser de cualquiera de los dos lados.",
  my_device: "Tu dispositivo está sobrecargado. Cierra otros programas o pestañas.",
  their_device: "El dispositivo de la otra persona está sobrecargado.",
};
