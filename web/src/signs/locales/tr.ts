import type { Texts } from "../texts";

export const tr: Texts = {
  call_time: "Görüşme süresi",
  you_are_muted: "Mikrofonun kapalı.",
  my_network: "Bağlantın zayıf. Modeme yaklaş veya kablo kullan.",
  their_network: "Karşındakinin bağlantısı zayıf.",
  network: "Aranızdaki bağlantı zayıf. Sorun iki taraftan birinde olabilir.",
  my_device: "Cihazın çok meşgul. Diğer programları veya sekmeleri kapat.",
  their_device: "Karşındakinin cihazı çok meşgul.",
};
