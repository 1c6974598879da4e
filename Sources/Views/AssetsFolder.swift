import Foundation

/// Where the stylesheets, modules and generated assets lie beside the program.
package var viewsAssetsFolder: URL {
    Bundle.module.bundleURL.appending(path: "Assets", directoryHint: .isDirectory)
}
