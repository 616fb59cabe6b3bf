/** The tags of TIFF that the handler reads and writes: TIFF 6.0, appendix A, and the TIFF/EP and DNG specifications. */
export const TAG = {
  ...{ newSubfileType: 254, width: 256, height: 257, bits: 258, compression: 259, photometric: 262, fillOrder: 266 },
  ...{ make: 271, stripOffsets: 273, orientation: 274, samples: 277, rowsPerStrip: 278, stripBytes: 279, planar: 284 },
  ...{ t4Options: 292, t6Options: 293, predictor: 317, colourMap: 320, tileWidth: 322, tileHeight: 323 },
  ...{ tileOffsets: 324, tileBytes: 325, subDirectories: 330, inkSet: 332, extraSamples: 338, sampleFormat: 339 },
  ...{ jpegTables: 347, yccCoefficients: 529, yccSubsampling: 530, yccPositioning: 531, blackWhite: 532 },
  ...{ artist: 315, copyright: 33432, iptc: 33723, profile: 34675, dngVersion: 50706 },
} as const;
