import type { MyPictureTexts } from "../texts";

export const tr: MyPictureTexts = {
  blur: "Arka planımı bulanıklaştır",
  blur_hint: "Bunu cihazın yapar. Yapamazsa kameran kapanır.",
  no_blur: "Kameran kapalı",
  no_blur_slow: "Bu cihaz şu anda arka planını bulanıklaştırmak için çok yavaş.",
  no_blur_failed: "Arka planın bulanıklaştırılamadı.",
  show_unblurred: "Beni bulanıklık olmadan göster",
  keep_off: "Kapalı kalsın",
  echo: "Yankı giderme",
  noise: "Gürültü azaltma",
  sound_hint: "Konuşmak için iyi. Müzik için ikisini de kapat ve kulaklık tak.",
  camera_move: "Kamerayı yakınlaştır ve hareket ettir",
  camera_move_hint: "Tarayıcın, {site} kameranı hareket ettirebilir mi diye sorabilir.",
  camera_still: "Bu kamera yakınlaştıramıyor ve hareket edemiyor.",
  zoom: "Yakınlaştırma",
  pan: "Sola ve sağa",
  tilt: "Yukarı ve aşağı",
  self_hide: "Görüntümü gizle",
  self_show: "Görüntümü göster",
  self_move: "Görüntümü taşı",
};
