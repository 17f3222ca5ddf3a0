// The texts of the settings for picture and sound, in all languages of the page. They are loaded with these settings.

import type { Locale } from "../language/locale";

export interface CameraTexts {
  blur: string;
  blur_hint: string;
  echo: string;
  noise: string;
  sound_hint: string;
  move: string;
  move_hint: string;
  none: string;
  zoom: string;
  pan: string;
  tilt: string;
}

export const CAMERA_TEXTS: Record<Locale, CameraTexts> = {
  en: {
    blur: "Blur my background",
    blur_hint: "Your device does it. If it cannot, your camera turns off.",
    echo: "Echo cancellation",
    noise: "Noise suppression",
    sound_hint: "Good for talking. For music, turn both off and use headphones.",
    move: "Zoom and move the camera",
    move_hint: "Your browser may ask if {site} may move your camera.",
    none: "This camera cannot zoom or move.",
    zoom: "Zoom",
    pan: "Left and right",
    tilt: "Up and down",
  },
  de: {
    blur: "Meinen Hintergrund unscharf machen",
    blur_hint: "Das macht dein Gerät. Wenn es das nicht kann, geht deine Kamera aus.",
    echo: "Echo unterdrücken",
    noise: "Störgeräusche unterdrücken",
    sound_hint: "Gut zum Reden. Für Musik schalte beides aus und nimm Kopfhörer.",
    move: "Kamera zoomen und bewegen",
    move_hint: "Dein Browser fragt vielleicht, ob {site} deine Kamera bewegen darf.",
    none: "Diese Kamera kann nicht zoomen und sich nicht bewegen.",
    zoom: "Zoom",
    pan: "Links und rechts",
    tilt: "Hoch und runter",
  },
  es: {
    blur: "Desenfocar mi fondo",
    blur_hint: "Lo hace tu dispositivo. Si no puede, tu cámara se apaga.",
    echo: "Cancelación de eco",
    noise: "Reducción de ruido",
    sound_hint: "Bien para hablar. Para música, desactiva las dos y usa auriculares.",
    move: "Acercar y mover la cámara",
    move_hint: "Tu navegador puede preguntar si {site} puede mover tu cámara.",
    none: "Esta cámara no puede acercar ni moverse.",
    zoom: "Zoom",
    pan: "Izquierda y derecha",
    tilt: "Arriba y abajo",
  },
  fr: {
    blur: "Flouter mon arrière-plan",
    blur_hint: "C’est ton appareil qui le fait. S’il n’y arrive pas, ta caméra s’éteint.",
    echo: "Suppression de l’écho",
    noise: "Réduction du bruit",
    sound_hint: "Bien pour parler. Pour la musique, désactive les deux et mets un casque.",
    move: "Zoomer et orienter la caméra",
    move_hint: "Ton navigateur peut demander si {site} a le droit d’orienter ta caméra.",
    none: "Cette caméra ne peut ni zoomer ni bouger.",
    zoom: "Zoom",
    pan: "Gauche et droite",
    tilt: "Haut et bas",
  },
  pt: {
    blur: "Desfocar meu fundo",
    blur_hint: "É o seu aparelho que faz isso. Se ele não conseguir, sua câmera é desligada.",
    echo: "Cancelamento de eco",
    noise: "Redução de ruído",
    sound_hint: "Bom para conversar. Para música, desative as duas e use fones de ouvido.",
    move: "Dar zoom e mover a câmera",
    move_hint: "Seu navegador pode perguntar se {site} pode mover sua câmera.",
    none: "Esta câmera não tem zoom nem movimento.",
    zoom: "Zoom",
    pan: "Esquerda e direita",
    tilt: "Para cima e para baixo",
  },
  ru: {
    blur: "Размывать мой фон",
    blur_hint: "Это делает твоё устройство. Если оно не справится, камера выключится.",
    echo: "Подавление эха",
    noise: "Шумоподавление",
    sound_hint: "Хорошо для разговора. Для музыки выключи оба и надень наушники.",
    move: "Приблизить и повернуть камеру",
    move_hint: "Браузер может спросить, можно ли {site} двигать твою камеру.",
    none: "Эта камера не умеет приближать и поворачиваться.",
    zoom: "Масштаб",
    pan: "Влево и вправо",
    tilt: "Вверх и вниз",
  },
  tr: {
    blur: "Arka planımı bulanıklaştır",
    blur_hint: "Bunu cihazın yapar. Yapamazsa kameran kapanır.",
    echo: "Yankı giderme",
    noise: "Gürültü azaltma",
    sound_hint: "Konuşmak için iyi. Müzik için ikisini de kapat ve kulaklık tak.",
    move: "Kamerayı yakınlaştır ve hareket ettir",
    move_hint: "Tarayıcın, {site} kameranı hareket ettirebilir mi diye sorabilir.",
    none: "Bu kamera yakınlaştıramıyor ve hareket edemiyor.",
    zoom: "Yakınlaştırma",
    pan: "Sola ve sağa",
    tilt: "Yukarı ve aşağı",
  },
  ar: {
    blur: "تمويه خلفيتي",
    blur_hint: "جهازك يفعل ذلك. وإن لم يستطع، تُطفأ الكاميرا.",
    echo: "إلغاء الصدى",
    noise: "تقليل الضوضاء",
    sound_hint: "مناسب للحديث. للموسيقى أوقف الاثنين واستعمل سماعات.",
    move: "تقريب الكاميرا وتحريكها",
    move_hint: "قد يسألك المتصفح إن كان يُسمح لـ{site} بتحريك الكاميرا.",
    none: "هذه الكاميرا لا تقرّب ولا تتحرك.",
    zoom: "التقريب",
    pan: "يسارًا ويمينًا",
    tilt: "أعلى وأسفل",
  },
};
