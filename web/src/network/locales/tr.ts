import type { Texts } from "../texts";

export const tr: Texts = {
  direct: "Ağın doğrudan görüşmelere izin veriyor gibi görünüyor.",
  relayed: "Ağın bir aktarma sunucusu gerektiriyor gibi. Bu sitede bir tane var.",
  blocked: "Ağın doğrudan görüşmeleri engelliyor gibi ve bu sitede aktarma sunucusu yok. Yazışma çalışır.",
};
