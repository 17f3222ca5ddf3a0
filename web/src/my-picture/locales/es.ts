import type { MyPictureTexts } from "../texts";

export const es: MyPictureTexts = {
  blur: "Desenfocar mi fondo",
  blur_hint: "Lo hace tu dispositivo. Si no puede, tu cámara se apaga.",
  no_blur: "Tu cámara está apagada",
  no_blur_slow: "Este dispositivo va demasiado lento ahora para desenfocar tu fondo.",
  no_blur_failed: "No se pudo desenfocar tu fondo.",
  show_unblurred: "Mostrarme sin desenfoque",
  keep_off: "Dejarla apagada",
  echo: "Cancelación de eco",
  noise: "Reducción de ruido",
  sound_hint: "Bien para hablar. Para música, desactiva las dos y usa auriculares.",
  camera_move: "Acercar y mover la cámara",
  camera_move_hint: "Tu navegador puede preguntar si {site} puede mover tu cámara.",
  camera_still: "Esta cámara no puede acercar ni moverse.",
  zoom: "Zoom",
  pan: "Izquierda y derecha",
  tilt: "Arriba y abajo",
  self_hide: "Ocultar mi imagen",
  self_show: "Mostrar mi imagen",
  self_move: "Mover mi imagen",
};
