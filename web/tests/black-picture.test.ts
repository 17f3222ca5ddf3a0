import { afterEach, expect, test, vi } from "vitest";
import { BlackPictureDetector, isBlack } from "../src/quality/black-picture";

afterEach(() => vi.unstubAllGlobals());

test("a picture is black despite compression artefacts, but not with any light", () => {
  expect(isBlack([0, 0, 0, 255, 16, 20, 23, 255])).toBe(true);
  expect(isBlack([0, 0, 0, 255, 16, 20, 24, 255])).toBe(false);
});

test("three black pictures in a row mean that the camera is off", () => {
  let shade = 0;
  const brush = { drawImage: () => {}, getImageData: () => ({ data: [shade, shade, shade, 255] }) };
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => brush }) });
  const blackPicture = new BlackPictureDetector();
  const look = (width = 640) => blackPicture.look({ videoWidth: width } as HTMLVideoElement);
  expect([look(), look(), look(), look()]).toEqual([false, false, true, true]);
  shade = 200;
  expect(look()).toBe(false);
  shade = 0;
  expect([look(), look()]).toEqual([false, false]);
  expect(look(0), "before there is a picture nothing is off").toBe(false);
  expect([look(), look()]).toEqual([false, false]);
  blackPicture.forget();
  expect([look(), look(), look()]).toEqual([false, false, true]);
});
