/// Version of this package, as the tools print it and files record it.
package let packageVersion = "0.2.0"
