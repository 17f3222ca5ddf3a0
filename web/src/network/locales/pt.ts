import type { Texts } from "../texts";

export const pt: Texts = {
  direct: "Sua rede deve permitir chamadas diretas.",
  relayed: "Parece que sua rede precisa de um servidor intermediário. Este site tem um.",
  blocked:
    "Parece que sua rede bloqueia chamadas diretas, e este site não tem servidor intermediário. O texto funciona.",
};
